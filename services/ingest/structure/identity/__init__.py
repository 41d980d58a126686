"""The stretches of a text that tell who a person is."""
