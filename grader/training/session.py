"""The process of one run: trains, keeps what comes of it, and tells in lines of JSON.

It is asked once, in one line (`client.py` says for what), and told to stop by another. After each
piece of work it looks whether it was. It is ours: the learner's code runs in a worker of it.
"""

import json
import math
import select
import socket
import time
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save

from exercises.files import write_atomically
from grader.errors import GraderError, UsageError
from grader.examiner.sandbox import shared_sandbox
from grader.training.folder import DamagedRun, Plan, RunFolder, Update
from grader.training.runs import ReferenceRun, SandboxedRun, TrainingFailed, TrainingRun
from grader.worker.fork import Fork
from grader.worker.training.tasks import EOS, PAD, SequenceTask, shown

READ_AT_ONCE = 2**16  # bytes
STEPS_AT_ONCE = 5  # a stop is heard of after so many
SAVED_EVERY = 60.0  # seconds, besides at the end
SHOWN = 10  # times that samples are shown in a run
TRIED = 200  # held-out sequences
EXAMPLES = 3
WRITTEN = 120  # tokens of a sample of text
STEP = "step"  # in a checkpoint, beside the weights


def main(descriptor: str, zygote: Fork | None) -> None:
    """Do what the first line asks for."""
    shared_sandbox("cpu", zygote)
    link = Link(socket.socket(fileno=int(descriptor)))
    request = link.request()
    if request is None:
        return
    try:
        plan = Plan.from_dict(request["plan"])
        folder = RunFolder(Path(request["folder"])) if request["folder"] else None
        run = build(plan, folder)
        link.tell("built", tree=run.tree(), missing=run.missing_layers())
        if folder:
            Session(run, plan, folder, link).do(request)
        if request["looks"]:
            look(run, link)
        run.close()
        link.tell("done")
    except GraderError as error:
        link.tell("failed", message=str(error), exit_code=error.exit_code)
    except OSError as error:  # a full disk, perhaps
        message = f"{error.filename or 'The run'} cannot be kept: {error.strerror}. Make room"
        message += (
            "; what was kept before is there: the same command with --resume goes on with it."
        )
        link.tell("failed", message=message, exit_code=GraderError.exit_code)


def build(plan: Plan, folder: RunFolder | None) -> TrainingRun:
    """The run, ready for its first step. Of one that is refused here for the first time, nothing
    stays in its folder."""
    try:
        if plan.settings.device == "cuda" and not torch.cuda.is_available():
            raise TrainingFailed("There is no CUDA device that torch can use. Use --device cpu.")
        if plan.is_reference:
            return ReferenceRun(plan)
        return SandboxedRun(shared_sandbox(plan.settings.device), plan)
    except GraderError:
        if folder and not folder.exists:
            folder.remove()
        raise


class Link:
    """The socket to who asked. They may be gone: then this process is ended, too."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._received = b""  # and not yet asked for: it may hold the word to stop already

    def request(self) -> dict[str, Any] | None:
        """The next line; None where nobody asks any more."""
        while b"\n" not in self._received:
            received = self._socket.recv(READ_AT_ONCE)
            if not received:
                return None
            self._received += received
        line, _, self._received = self._received.partition(b"\n")
        request: dict[str, Any] = json.loads(line)
        return request

    def tell(self, event: str, **facts: Any) -> None:
        self._socket.sendall(json.dumps({"event": event, **facts}).encode() + b"\n")

    def is_told_to_stop(self) -> bool:
        return bool(self._received or select.select([self._socket], [], [], 0)[0])


def look(run: TrainingRun, link: Link) -> None:
    """What the model attends to in one text after another. One that cannot be read ends nothing."""
    while request := link.request():
        try:
            read, written, maps = run.look(request["look"])
        except TrainingFailed as failed:
            link.tell("unread", message=str(failed))
        else:
            heads = [[name, weights.tolist()] for name, weights in maps]
            link.tell("attention", read=read, written=written, maps=heads)


class Session:
    def __init__(self, run: TrainingRun, plan: Plan, folder: RunFolder, link: Link) -> None:
        self._run, self._settings, self._folder, self._link = run, plan.settings, folder, link
        self._step = 0

    def do(self, request: dict[str, Any]) -> None:
        """Take what is kept, to look at it; or write, or train."""
        with self._folder.held():
            self.open(request["start"])
            if request["looks"]:
                return
            if request["prompt"] is not None:
                self.show(request["prompt"])
            else:
                self.train()

    def open(self, start: str | None) -> None:
        """Go on where the folder's run is; `start` is a file of weights for a new one."""
        if self._folder.checkpoint.exists():
            self._restore(self._folder.checkpoint)
        elif start is not None:
            self._restore(Path(start))
        self._folder.forget_after(self._step)
        if not self._folder.start.exists():
            self._save(self._folder.start)

    def train(self) -> None:
        """To the last step, or until told to stop."""
        total = self._settings.steps
        between = max(1, total // SHOWN)
        saved = time.monotonic()
        while self._step < total and not self._link.is_told_to_stop():
            until_shown = between - self._step % between
            count = min(STEPS_AT_ONCE, until_shown, total - self._step)
            updates = self._run.take_steps(count)
            self._check(updates)
            self._step += count
            self._folder.append(updates)
            rows = [[each.step, each.loss, each.rate, each.norm] for each in updates]
            self._link.tell("updates", updates=rows)
            if self._step % between == 0 or self._step == total:
                self.show("")
            if time.monotonic() - saved > SAVED_EVERY:
                self._save(self._folder.checkpoint)
                saved = time.monotonic()
        self._save(self._folder.checkpoint)
        self._link.tell("saved", step=self._step)

    def _check(self, updates: list[Update]) -> None:
        """What is no number any more never becomes one: the last good weights are kept."""
        lost = next((each.step for each in updates if math.isnan(each.loss)), None)
        if lost is not None:
            raise TrainingFailed(
                f"The run stopped. The loss of step {lost} is not a number (NaN): look for a"
                " division by 0, or a logarithm or root of what is not positive. Submit the mended"
                " part, and start over with --again."
            )

    def show(self, prompt: str) -> None:
        """What the model makes of what it has not seen, or of what was typed."""
        settings = self._settings
        if settings.is_text:
            text = self._run.write_text(prompt or "The ", WRITTEN, settings.seed + self._step)
            self._link.tell("text", step=self._step, text=text)
            return
        source, target = self._typed(prompt) if prompt else self._held_out()
        written = self._run.write(source)
        right = (written == target.masked_fill(target == EOS, PAD)).all(dim=1)
        pairs = zip(source[:EXAMPLES], written, right, strict=False)
        rows = [[shown(read), shown(wrote), bool(is_right)] for read, wrote, is_right in pairs]
        share = None if prompt else float(right.float().mean())
        self._link.tell("sample", step=self._step, right=share, rows=rows)

    def _typed(self, digits: str) -> tuple[torch.Tensor, torch.Tensor]:
        task = SequenceTask(self._settings.task)
        source = task.read(digits)
        if source is None:
            raise UsageError(task.unreadable)
        return source, task.target(source)

    def _held_out(self) -> tuple[torch.Tensor, torch.Tensor]:
        task = SequenceTask(self._settings.task)
        generator = torch.Generator().manual_seed(self._settings.seed)
        return task.pairs(TRIED, generator, held_out=True)

    def _save(self, file: Path) -> None:
        state = {**self._run.state(), STEP: torch.tensor(self._step)}
        write_atomically(file, save({name: x.contiguous() for name, x in state.items()}))

    def _restore(self, file: Path) -> None:
        try:
            state = load_file(file)
            self._step = int(state.pop(STEP))
        except Exception as error:  # whatever became of the file
            raise DamagedRun(
                f"{file} cannot be read. Delete its folder, and train again."
            ) from error
        self._run.restore(self._step, state)
