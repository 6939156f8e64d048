"""A learner's model in training: what runs beside their code. It is sent as text, never imported
in a zygote: a worker that grades must not find a layer here."""
