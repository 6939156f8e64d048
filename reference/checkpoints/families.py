"""The families whose layout is known here."""

from reference.checkpoints import bert, gpt2, t5, vit
from reference.checkpoints.layout import Layout

FAMILIES: dict[str, Layout] = {
    module.LAYOUT.family: module.LAYOUT for module in (gpt2, bert, t5, vit)
}
