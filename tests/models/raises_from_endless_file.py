def model(live_features):
    exec(compile("raise ValueError('boo')", "/dev/zero", "exec"))
