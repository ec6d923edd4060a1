"""Which image a model runs in, and what to type."""

from __future__ import annotations

import shlex

from .environments import Image, images
from .facts import Facts
from .finding import Finding, Judgement
from .judge import judge


def everywhere(facts: Facts) -> list[tuple[Image, Judgement]]:
    """What is to be expected in every image that is described."""
    return [(image, judge(facts, image)) for image in images()]


def best(judged: list[tuple[Image, Judgement]]) -> Image | None:
    """The image to take: without warnings if there is one, of two sets the smaller, of all Pythons the newest."""
    for verdict in ("runs", "warning"):
        fit = [image for image, judgement in judged if judgement.verdict == verdict]
        newest = [image for image in fit if image.python == fit[-1].python]
        if newest:
            return newest[0]
    return None


def tag(image: Image) -> str:
    """How docker calls it."""
    return f"numerai_predict_py_{image.python.replace('.', '_')}:{'stable' if image.set == 'full' else image.set}"


def docker_line(image: Image, model: str) -> str:
    """What to type to run a model in it."""
    return f'docker run -i --rm -v "$PWD:$PWD" {tag(image)} --model $PWD/{shlex.quote(model)}'


def what_now(facts: Facts, finding: Finding, model: str) -> str:
    """What to do about a finding; with the image that the model runs in, if there is one."""
    image = best(everywhere(facts))
    return f"{finding.fix} It runs so: {docker_line(image, model)}" if image else finding.fix
