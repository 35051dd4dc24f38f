package migrate

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// ReadScript takes the usual way to start a server apart: change into a folder,
// activate an environment, set variables, run one program, also by way of
// another shell. Anything that takes a shell is not understood.
func ReadScript(script, home string) (Started, bool) {
	s, ok := readOne(script, home)
	inner, isLogin, isShell := scriptOf(s.Argv)
	if !ok || !isShell {
		return s, ok
	}
	within, understood := ReadScript(inner, home)
	if isLogin && within.Conda+within.Activated == "" && len(within.Argv) > 0 && !path.IsAbs(within.Argv[0]) {
		understood = false // only that shell knows where the program is
	}
	if s.Activated != "" && !path.IsAbs(s.Activated) && within.Directory != "" {
		understood = false
	}
	if understood {
		within.Profile = within.Profile || isLogin
		return s.with(within), true
	}
	return s, true
}

// scriptOf is what a shell is given as its script.
func scriptOf(argv []string) (script string, isLogin, ok bool) {
	if len(argv) < 3 || !slices.Contains([]string{"sh", "bash", "dash"}, path.Base(argv[0])) {
		return "", false, false
	}
	for i, option := range argv[1:] {
		letters, isOption := strings.CutPrefix(option, "-")
		if !isOption || strings.HasPrefix(letters, "-") {
			break
		}
		isLogin = isLogin || strings.Contains(letters, "l") || strings.Contains(letters, "i")
		if strings.HasSuffix(letters, "c") {
			return argv[len(argv)-1], isLogin, i+3 == len(argv)
		}
	}
	return "", false, false
}

// with is what a script comes to whose program is a shell with another one.
func (s Started) with(inner Started) Started {
	if inner.Directory == "" {
		inner.Directory = s.Directory
	} else {
		inner.Directory = changed(s.Directory, inner.Directory)
	}
	env := maps.Clone(s.Env)
	maps.Copy(env, inner.Env)
	inner.Env = env
	if inner.Conda+inner.Activated == "" {
		inner.Conda, inner.Activated = s.Conda, s.Activated
	}
	if inner.Output == "" {
		inner.Output, inner.Overwritten = s.Output, s.Overwritten
	}
	inner.InBackground = inner.InBackground || s.InBackground
	inner.Waits = inner.Waits || s.Waits
	inner.Profile = inner.Profile || s.Profile
	return inner
}
