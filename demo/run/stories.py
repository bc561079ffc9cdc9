"""Stories: runs that show one thing each, on pictures that everybody has. The tour is some of them in a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo.run.link import opening
from demo.run.request import Request


@dataclass(frozen=True)
class Story:
    """One run with its words.

    title, sentence: what it is about, before anything happens. lesson: what to see in it afterwards. picture: an
    example's name. pack: where it plays. settings: what differs from how the pack opens, by a request's fields.
    view: the view of *See why* that shows more of it, or none.
    """

    title: str
    sentence: str
    lesson: str
    picture: str
    pack: str
    settings: Mapping[str, Any]
    view: str = ""

    def request(self, picture: Any, device: str = "cpu") -> Request:
        """picture: the example of that name."""
        return Request(picture, **{**opening(self.pack), **self.settings}, device=device)


SQUEEZE, LITE0, LITE1, LITE2 = (
    f"imagenet/{name}" for name in ("squeezenet1_1", "efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2")
)
ALONE = {"surrogates": [SQUEEZE], "held_out": [LITE0, LITE1, LITE2], "guards": {}}
STORIES = {
    "one": Story(
        "Fool one, ask the others",
        "The attack may look into one network only, the smallest. Three others are shown what comes of it.",
        "The network that was looked into falls at once. What was made against it alone need not fool the others: look "
        "at the middle counter.",
        "Cheetah",
        "imagenet",
        {**ALONE, "attack": "mi-fgsm"},
    ),
    "three": Story(
        "Three at once",
        "Now the attack looks into three networks, and the same small change must fool all of them.",
        "What fools three different networks often fools a fourth: the one that only watched was never looked into.",
        "Cheetah",
        "imagenet",
        {"guards": {}},
        "ways",
    ),
    "stubborn": Story(
        "The stubborn juror",
        "One of the three attacked networks was trained against attacks. Who gets the weight?",
        "The attack weighs each network by what it still believes. Follow the weights: they move to the one that holds "
        "out longest.",
        "Lion",
        "tiny",
        {"epsilon": 8},
        "gaze",
    ),
    "loudest": Story(
        "A-GD against the loudest voice",
        "Gradients differ in length, so their mean follows the loudest. A-GD lets each network cast one vote a pixel.",
        "Every network had the same say. Which way is up shows what the mean (D-AG) and the vote (A-GD) make of the "
        "same gradients.",
        "Lion",
        "tiny",
        {"attack": "a-gd", "epsilon": 8},
        "ways",
    ),
    "trio": Story(
        "MORA against a trio",
        "Three networks were trained to disagree, and answer as one. MORA pushes hardest where the vote is close.",
        "All three ways of answering as one are asked under Defended. Set PGD beside it on the tab Compare, at the "
        "same gradients.",
        "Orange",
        "trios",
        {"attack": "mora", "epsilon": 4},
        "knob",
    ),
    "dice": Story(
        "The defender rolls dice",
        "A stochastic ensemble (SEM) asks a different handful of networks, seeing the picture a little differently, "
        "at every look.",
        "The same picture, asked again and again, gets different answers: under Defended, see in how many looks out of "
        "ten it was still named rightly.",
        "Lion",
        "tiny",
        {"epsilon": 6, "guards": {"sem": {}, "random-resize-pad": {}}},
    ),
    "noise": Story(
        "Noise of the same size does nothing",
        "A change of so few shades is nothing to a network, if it is not aimed.",
        "The verdict names the control: random noise of the same strength on the same picture. Turn the knob to see "
        "both grow.",
        "Cheetah",
        "imagenet",
        {"guards": {}},
        "knob",
    ),
}
"""Name, as a link has it -> story, in the order of the page."""


@dataclass(frozen=True)
class Step:
    """One idea of the tour. story: the run that shows it; none at the end, where the visitor goes on alone."""

    title: str
    words: str
    story: str = ""


TOUR = (
    Step("One network", "It names the picture. A change too small to see makes it name something else.", "one"),
    Step("Three at once", "Fooling several networks with one change is harder, and travels further.", "three"),
    Step("The stubborn one", "Who still believes gets the weight.", "stubborn"),
    Step("A defence that rolls dice", "What is different at every look is harder to aim at.", "dice"),
    Step("And without aim?", "Noise of the same size is the control of every run.", "noise"),
    Step("Now you", "Give it a picture of your own: drag it in, or take one with the camera. Then press Attack."),
)
