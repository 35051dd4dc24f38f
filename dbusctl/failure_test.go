package dbusctl

import "testing"

// process is an entry of an Exec… property, type (sasbttttuii).
type process struct {
	Path                 string
	Argv                 []string
	Ignore               bool
	StartReal, StartMono uint64
	ExitReal, ExitMono   uint64
	PID                  uint32
	Code, Status         int32
}

func TestFailure(t *testing.T) {
	f, m := connected(t)
	main := func(result string, code, status int32) map[string]any {
		return map[string]any{
			"LoadState": "loaded", "Result": result, "ExecMainCode": code, "ExecMainStatus": status,
			"ExecMainExitTimestampMonotonic": uint64(50), "WorkingDirectory": "/home/al/app",
			"ExecStart": []process{{Path: "/home/al/venv/bin/gunicorn"}},
		}
	}
	with := func(base map[string]any, name string, value any) map[string]any {
		base[name] = value
		return base
	}
	for want, props := range map[string]map[string]any{
		"":                     {"LoadState": "loaded", "Result": "success"},
		"exited with status 3": main("exit-code", 1, 3),
		"exited with status 0": with(main("success", 1, 0), "SubState", "auto-restart"),
		"killed by SIGTERM":    with(main("success", 2, 15), "SubState", "auto-restart-queued"),
		"ended by itself and was restarted, 2 times":                      with(main("success", 0, 0), "NRestarts", uint32(2)),
		"exited with status 199":                                          main("exit-code", 1, 199),
		"killed by SIGSEGV":                                               main("signal", 2, 11),
		"killed by signal 40":                                             main("signal", 2, 40),
		"killed by SIGABRT, core dumped":                                  main("core-dump", 3, 6),
		"cannot change to the working directory /home/al/app (200/CHDIR)": main("exit-code", 1, 200),
		"/home/al/venv/bin/gunicorn: executable not found, not executable, or its interpreter is missing (203/EXEC)": main("exit-code", 1, 203),
		"cannot change to the user or set up a user namespace (PrivateUsers=) (217/USER)":                            main("exit-code", 1, 217),
		"cannot drop capabilities; a sandbox setting needs more rights than a user has (218/CAPABILITIES)":           main("exit-code", 1, 218),
		"cannot set up the mount namespace; a sandboxed path is missing or not allowed (226/NAMESPACE)":              main("exit-code", 1, 226),
		"start limit hit: it was started too often in a short time":                                                  main("start-limit-hit", 1, 1),
		"ended before it said that it was ready":                                                                     main("protocol", 1, 0),
		"new-word":                                                                                                   main("new-word", 0, 0),
		"a process failed":                                                                                           main("exit-code", 0, 0),
		"there is no such unit":                                                                                      {"LoadState": "not-found"},
		"the unit is masked":                                                                                         {"LoadState": "masked"},
		"its unit file has an error":                                                                                 {"LoadState": "error"},
		"its unit file has an error: Unit web.service has a bad unit file setting": {
			"LoadState": "bad-setting",
			"LoadError": struct{ A, B string }{"x.Y", "Unit web.service has a bad unit file setting."},
		},
		// The last run was ended by a stop; now the preparation failed.
		"ExecStartPre=migrate exited with status 2": with(main("exit-code", 2, 15), "ExecStartPre",
			[]process{{Path: "/bin/true", Code: 1, ExitMono: 60}, {Path: "/home/al/migrate", Code: 1, Status: 2, ExitMono: 70}}),
		"exited with status 4": with(main("exit-code", 1, 4), "ExecStartPre",
			[]process{{Path: "/bin/false", Code: 1, Status: 1, ExitMono: 60, Ignore: true}}),
		"exited with status 5": with(main("exit-code", 1, 5), "ExecStopPost",
			[]process{{Path: "/bin/false", Code: 1, Status: 1, ExitMono: 40}}),
		"start timed out": {"Result": "timeout", "TimeoutStartUSec": uint64(1<<64 - 1)},
		"start timed out after 1m30s": {
			"Result": "timeout", "TimeoutStartUSec": uint64(90_000_000),
			"ActiveEnterTimestampMonotonic": uint64(10), "InactiveExitTimestampMonotonic": uint64(20),
		},
		"stop timed out after 10s": {
			"Result": "timeout", "TimeoutStopUSec": uint64(10_000_000),
			"ActiveEnterTimestampMonotonic": uint64(30), "InactiveExitTimestampMonotonic": uint64(20), "RuntimeMaxUSec": uint64(1<<64 - 1),
		},
		"stopped after RuntimeMaxSec=1m0s": {
			"Result": "timeout", "RuntimeMaxUSec": uint64(60_000_000),
			"ActiveEnterTimestampMonotonic": uint64(30), "InactiveExitTimestampMonotonic": uint64(20), "InactiveEnterTimestampMonotonic": uint64(60_000_040),
		},
	} {
		f.set(unitPath("web.service"), props)
		got, err := m.Failure(shortly(t), "web.service")
		if err != nil || got != want {
			t.Errorf("got  %s, %v\nwant %s", got, err, want)
		}
	}
}
