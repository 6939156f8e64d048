"""Which device to compute on, and in which precision it gains."""

import torch


def choose_device(name: str = "auto") -> torch.device:
    """The device of that name; for "auto" a CUDA GPU, else Apple's, else the CPU.

    Raises ValueError, with a sentence for the user, where there is no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise ValueError(
            f"There is no device called {name!r}. Try auto, cpu, cuda, cuda:1 or mps."
        ) from None
    missing = {
        "cuda": not torch.cuda.is_available() or (device.index or 0) >= torch.cuda.device_count(),
        "mps": not torch.backends.mps.is_available(),
        "cpu": bool(device.index),
    }
    if missing.get(device.type, True):
        raise ValueError(f"This machine has no {name} device that PyTorch can use. Try auto.")
    return device


def autocast_dtype(device: torch.device) -> torch.dtype | None:
    """bfloat16 on GPUs that multiply it in hardware; None, for no autocast, everywhere else.

    bfloat16 has float32's range, so gradients need no scaling. On CPUs the casts cost more than
    they save, unless the processor has matrix units for it.
    """
    if device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0):
        return torch.bfloat16
    return None


def synchronize(device: torch.device) -> None:
    """Wait until the device has done what it was given; a clock read earlier would lie."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
