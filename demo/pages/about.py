"""What am I looking at? For the curious, and a note on responsible use."""

from __future__ import annotations

import gradio as gr

from demo.pages import glossary

WORDS = """
**A picture that looks the same, and is not.** A neural network sees a picture as numbers. Change each of them
by a few hundredths, all in just the right way, and the network sees something else, while you see no
difference. Such a picture is called *adversarial*.

**Why a jury?** A picture that fools one network often fails with the next. An *ensemble attack* argues with
several networks at once (the **surrogates**) and so finds changes that many of them share. The test is what
**held-out** networks say: the attack has never seen them. If they fall too, the weakness is not one network's
but common to many.

**Why weights?** Some jurors give up at once, others are stubborn. Attacks such as EnsembleFool-A look at each
iteration who still believes the picture, and argue most with them. The chart of weights shows that at work.

**Defended** jurors are trained on adversarial pictures, or look through a guard: they save the picture as a
JPEG first, reduce its shades, or shrink it at random. Some of that helps.

**Three juries.** *Photographs*: real networks that name a thousand things in pictures of your own.
*Laboratory*: small networks of many kinds over 64 things, to study attacks in a second. *Trios* are three small
networks that were trained together to err differently, so that what fools one should not fool the others. They
answer as one: by mean probability, by vote, or by mean raw score. Attacks that follow their average can get
lost between them; MORA asks at each step which of the three is worth arguing with.

**How honest is it?** The finished picture is rounded to 8 bits, saved as a PNG, read again, and only then
judged: the file that you download is the file that was judged. A network that was wrong before the attack does
not count as fooled. The control is really run: random noise of the same size, which mostly fools nobody.

**Please use it well.** Quorum is for understanding and for building sturdier networks. Do not use its pictures
to get past systems that protect people, and do not attack systems that you have no permission to test. Pictures
that you upload stay on the machine that runs this page and are deleted within the hour.
"""


def build() -> None:
    """Two accordions at the foot of the page."""
    with gr.Accordion("What am I looking at?", open=False, elem_id="q-about"):
        gr.Markdown(WORDS)
    with gr.Accordion("The field’s words", open=False, elem_id="q-words"):
        gr.HTML(glossary.table(), apply_default_css=False)
