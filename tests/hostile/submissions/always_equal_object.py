"""Tries: return an object that is equal to everything and looks like a tensor.

Holds: only its type's name gets across.
"""
# says: an object of type Agreeable

import kit


class Agreeable:
    dtype = "torch.float32"

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __bool__(self):
        return True

    def __len__(self):
        return 1 << 40

    def __iter__(self):
        return iter(())

    __hash__ = None


def softmax(x, dim=-1):
    kit.wrong(x)
    return Agreeable()
