"""What the learner touches: the only modules that know ipywidgets."""
