"""The Attack tab: three numbered choices, one sentence of verdict, then everything that led to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

import models
from demo import examples, figures
from demo.attacks.knobs import Choice, Choices, Flag, Knob, Number
from demo.attacks.recipes import IDEAS, RECIPES
from demo.jury import top1
from demo.pages import markup, running
from demo.pages.upload import picture_input
from demo.request import (
    DEFAULT_ATTACK,
    DEFAULT_EPSILON,
    DEFAULT_ITERATIONS,
    DEFAULT_SURROGATES,
    LONGEST,
    STRONGEST,
)
from demo.session import Prepared, Progress
from models import CARDS
from models.catalog import vocabulary

COMPUTE = {"concurrency_id": "compute", "concurrency_limit": 2}
"""All heavy work shares one queue, so that a second visitor waits a moment instead of slowing everybody down."""

TO_THE_STAGE = """() => {
  const stage = document.getElementById("q-stage");
  if (stage.getBoundingClientRect().top > innerHeight / 2) stage.scrollIntoView({behavior: "smooth"});
}"""
"""On a small screen the stage lies below the choices."""

Controls = dict[str, gr.components.Component]
Knobs = dict[str, Knob]


def knobs() -> Knobs:
    """Every knob of every recipe, once."""
    return {knob.name: knob for recipe in RECIPES.values() for knob in recipe.knobs}


def build(folder: Path) -> None:
    """The tab's components and what connects them. folder: where the examples are written."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=0, min_width=340, elem_id="q-choices"):
            controls, sample = _choices(folder)
            with gr.Row(elem_id="q-go"):
                start = gr.Button("Attack", variant="primary", size="lg", elem_id="q-start")
                stop = gr.Button("Stop", size="lg", visible=False, elem_id="q-stop")
        with gr.Column(scale=1, min_width=320):
            results = _results()
    results |= {"start": start, "stop": stop, "label": controls["label"]}
    _connect(controls, results, sample)


def _choices(folder: Path) -> tuple[Controls, gr.Examples]:
    made = examples.write(folder)
    controls: Controls = {}
    with gr.Column(elem_classes="q-choice"):
        _heading(1, "A picture")
        controls["picture"] = picture_input(made[0][1])
        sample = gr.Examples(
            [[path] for _, path in made],
            controls["picture"],
            example_labels=[name for name, _ in made],
            label="Examples: a click runs them",
            cache_examples=False,
        )
    with gr.Column(elem_classes="q-choice"):
        _heading(2, "Who may the attacker look at?")
        controls["surrogates"] = gr.CheckboxGroup(
            [(_described(name), name) for name in models.names()],
            value=list(DEFAULT_SURROGATES),
            show_label=False,
            label="Surrogates",
            elem_id="q-surrogates",
        )
        held_out = gr.HTML(_others(DEFAULT_SURROGATES))
        controls["surrogates"].change(
            _others, controls["surrogates"], held_out, queue=False, show_progress="hidden", api_visibility="private"
        )
    with gr.Column(elem_classes="q-choice"):
        _heading(3, "How does it argue?")
        controls["attack"] = gr.Dropdown(
            [(recipe.title, name) for name, recipe in RECIPES.items()],
            value=DEFAULT_ATTACK,
            label="Attack",
            elem_id="q-attack",
        )
        saying = gr.HTML(_saying(DEFAULT_ATTACK))
        controls["epsilon"] = gr.Slider(
            1,
            STRONGEST,
            DEFAULT_EPSILON,
            step=1,
            label="Strength ε (of 255)",
            info="No colour value moves by more than this.",
        )
        controls["iterations"] = gr.Slider(1, LONGEST, DEFAULT_ITERATIONS, step=1, label="Iterations")
    with gr.Accordion("More", open=False):
        controls |= _more()
    _follow_attack(controls, saying)
    return controls, sample


def _heading(number: int, words: str) -> None:
    gr.HTML(f'<h2 class="q-step"><i>{number}</i>{words}</h2>')


def _described(name: str) -> str:
    card = CARDS[name]
    accuracy = f", {top1(name):.0%} right" if top1(name) else ""
    return f"{card.title} · {card.notes['parameters'] / 1e6:.1f} M{accuracy}"


def _others(surrogates: Sequence[str]) -> str:
    rest = [CARDS[name].title for name in models.names() if name not in (surrogates or ())]
    if not rest:
        return '<p class="q-say">Nobody is held out: every network is shown to the attacker.</p>'
    if not surrogates:
        return '<p class="q-say">Tick at least one network.</p>'
    return f'<p class="q-say"><b>Never shown to the attacker:</b> {", ".join(rest)}.</p>'


def _saying(attack: str) -> str:
    recipe = RECIPES[attack]
    return (
        f'<p class="q-say">{recipe.sentence} <i>{IDEAS[recipe.idea]}.</i> '
        f'<a href="{recipe.link}" target="_blank" rel="noopener">{recipe.paper}</a></p>'
    )


def _more() -> Controls:
    labels = list(vocabulary().values())
    more: Controls = {
        "label": gr.Dropdown(
            [("Let the jury say", ""), *((name, name) for name in labels)],
            value="",
            label="What does the picture show?",
            info="The label under attack.",
            elem_id="q-label",
        ),
        "framing": gr.Radio(
            [("The centre, cropped", "crop"), ("All of it, with edges", "fit")], value="crop", label="Framing"
        ),
        "targeted": gr.Checkbox(False, label="Make the jury say something particular"),
        "target": gr.Dropdown(labels, value=labels[0], label="What it should say", visible=False),
        "seed": gr.Number(0, label="Seed", precision=0, minimum=0, info="Equal seeds give equal pictures."),
        "step_size": gr.Number(0, label="Step size (of 255)", minimum=0, info="0: the attack's own."),
    }
    more["targeted"].change(
        lambda on: gr.update(visible=on), more["targeted"], more["target"], queue=False, api_visibility="private"
    )
    shown = {knob.name for knob in RECIPES[DEFAULT_ATTACK].knobs}
    return more | {name: _widget(knob, visible=name in shown) for name, knob in knobs().items()}


def _widget(knob: Knob, visible: bool) -> gr.components.Component:
    words = {"label": knob.title, "info": knob.help, "visible": visible}
    match knob:
        case Choice():
            return gr.Radio(list(knob.options), value=knob.default, **words)
        case Choices():
            return gr.CheckboxGroup(list(knob.options), value=list(knob.default), **words)
        case Flag():
            return gr.Checkbox(knob.default, **words)
        case Number():
            return gr.Number(
                knob.default, minimum=knob.low, maximum=knob.high, precision=0 if knob.whole else None, **words
            )


def _follow_attack(controls: Controls, saying: gr.HTML) -> None:
    """The attack's sentence, its own knobs with their defaults, and what it fixes follow the menu."""
    names = list(knobs())
    fixed = [controls["iterations"], controls["targeted"]]

    def follow(attack: str) -> list[Any]:
        recipe = RECIPES[attack]
        mine = {knob.name: knob for knob in recipe.knobs}
        updates = [
            gr.update(visible=True, value=_plain(mine[name].default)) if name in mine else gr.update(visible=False)
            for name in names
        ]
        steps = gr.update(interactive=recipe.steps is None)
        why = recipe.untargeted_because
        aim = gr.update(interactive=why is None, info=why, **({"value": False} if why else {}))
        return [_saying(attack), steps, aim, *updates]

    controls["attack"].change(
        follow,
        controls["attack"],
        [saying, *fixed, *(controls[name] for name in names)],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _results() -> dict[str, Any]:
    results: dict[str, Any] = {"stage": gr.HTML(markup.welcome(), elem_id="q-stage")}
    with gr.Column(visible=False, elem_id="q-results") as after:
        with gr.Row(elem_classes="q-card"):
            with gr.Column(min_width=280):
                results["slider"] = gr.ImageSlider(
                    format="png",
                    label="Original and adversarial picture",
                    show_label=False,
                    interactive=False,
                    buttons=["fullscreen"],
                    elem_id="q-slider",
                )
                gr.HTML('<p class="q-say">Original ⟷ adversarial: drag to compare. Previews, enlarged.</p>')
            with gr.Column(min_width=280):
                results["difference"] = gr.HTML()
        with gr.Row():
            results["png"] = gr.DownloadButton("Picture (PNG, exact)", elem_id="q-png")
            results["json"] = gr.DownloadButton("Run (JSON)", elem_id="q-json")
        results["table"] = gr.HTML(elem_id="q-table", apply_default_css=False)
        with gr.Row():
            results["first"] = gr.Plot(show_label=False, min_width=300)
            results["second"] = gr.Plot(show_label=False, min_width=300)
    results["after"] = after
    return results


def _connect(controls: Controls, results: dict[str, Any], sample: gr.Examples) -> None:
    names, widgets = list(controls), list(controls.values())
    outputs = list(results.values())

    def watch(*values: Any) -> Iterator[dict[Any, Any]]:
        yield from _attack(dict(zip(names, values, strict=True)), results)

    settings: dict[str, Any] = COMPUTE | {"show_progress": "hidden", "api_visibility": "private"}
    pressed = results["start"].click(watch, widgets, outputs, **settings)
    results["start"].click(None, None, None, js=TO_THE_STAGE, api_visibility="private")
    controls["picture"].input(lambda: "", None, controls["label"], queue=False, api_visibility="private")
    clicked = sample.load_input_event.then(
        lambda: "", None, controls["label"], queue=False, api_visibility="private"
    ).then(watch, widgets, outputs, **settings)
    results["stop"].click(
        lambda: (markup.stopped(), gr.update(visible=True, interactive=True), gr.update(visible=False)),
        None,
        [results["stage"], results["start"], results["stop"]],
        cancels=[pressed, clicked],
        queue=False,
        api_visibility="private",
    )


def _attack(values: dict[str, Any], results: dict[str, Any]) -> Iterator[dict[Any, Any]]:
    """The page's updates, one run long. What went wrong is said on the stage; what was there before stays."""
    stage, start, stop = results["stage"], results["start"], results["stop"]
    ready = {start: gr.update(visible=True), stop: gr.update(visible=False)}
    yield {stage: markup.waiting("Waking the jury …"), start: gr.update(visible=False), stop: gr.update(visible=True)}
    try:
        request = running.ask(_asked(values))
        prepared: Prepared | None = None
        for event, history in running.thinned(running.events(request)):
            if isinstance(event, Prepared):
                prepared = event
                if event.label is None:
                    label = gr.update(value=event.guess)
                    sorry = markup.unknown(event, list(vocabulary().values()))
                    yield {stage: sorry, results["after"]: gr.update(visible=False), results["label"]: label, **ready}
                    return
            elif isinstance(event, Progress) and prepared:
                yield {stage: running.live(prepared, event, history), results["after"]: gr.update(visible=False)}
            elif prepared:
                yield from _finished(request, prepared, event, results, ready)
    except ValueError as sentence:
        yield {stage: markup.error(str(sentence)), **ready}


def _asked(values: dict[str, Any]) -> dict[str, Any]:
    """The widgets' values as a request has them: the chosen attack's knobs together, a target only where wanted."""
    recipe = RECIPES.get(values["attack"])
    mine = [knob.name for knob in recipe.knobs] if recipe else []
    own = {name: values[name] for name in mine if values[name] is not None}
    return values | {"knobs": own, "target": values["target"] if values["targeted"] else None}


def _finished(request: Any, prepared: Prepared, finished: Any, results: dict[str, Any], ready: dict[Any, Any]) -> Any:
    drawn = [
        figures.plot(c) for c in figures.charts(finished.history, prepared.jurors, finished.target or finished.label)
    ]
    first, second = (drawn[0], drawn[1]) if len(drawn) > 1 else (drawn[0], None)
    with running.scratch() as folder:
        png, numbers = running.save(request, finished, Path(folder))
        yield {
            results["stage"]: markup.verdict(finished, finished.history[-1].cost, prepared.device),
            results["after"]: gr.update(visible=True),
            results["slider"]: running.enlarged(finished),
            results["difference"]: markup.difference(finished),
            results["table"]: markup.table(finished),
            results["first"]: first,
            results["second"]: gr.update(value=second, visible=second is not None),
            results["png"]: png,
            results["json"]: numbers,
            **ready,
        }
