"""Shape annotations of `reference` are enforced in every test, whoever imports it first."""

from jaxtyping import install_import_hook

# Here and not in `reference/`: other folders' tests import the oracle too, and a module that is
# already loaded goes unchecked.
install_import_hook("reference", "shape_check.check_arrays")
