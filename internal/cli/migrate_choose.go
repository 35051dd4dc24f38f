package cli

import (
	"fmt"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/internal/hint"
)

// choose takes the apps that were asked for. Those of one supervisord go
// together: it would start those that are gone again at the next boot.
func (mv *migration) choose(selected []string) error {
	names := []string{}
	for _, a := range mv.oldPrograms.apps {
		names = append(names, a.Descriptor.Name)
	}
	for _, name := range selected {
		if !slices.Contains(names, name) {
			hint := "ecounit migrate --dry-run shows what there is"
			if near := descriptor.Nearest(name, names); near != "" {
				hint = "did you mean " + near + "?"
			}
			return &noSuchApp{name, hint}
		}
	}
	texts, err := mv.toWrite(mv.oldPrograms.apps)
	if err != nil {
		return err
	}
	for i, a := range mv.oldPrograms.apps {
		if len(selected) > 0 && !slices.Contains(selected, a.Descriptor.Name) {
			continue
		}
		m := &moving{old: a, descriptor: texts[i], enable: !a.Off || slices.Contains(selected, a.Descriptor.Name)}
		if d, isOf := mv.of[a]; isOf {
			m.daemon = mv.daemons[d]
		}
		mv.apps = append(mv.apps, m)
	}
	return mv.together(selected)
}

func (mv *migration) together(selected []string) error {
	if len(selected) == 0 {
		return nil
	}
	for i, d := range mv.daemons {
		var in, out []string
		for a, of := range mv.of {
			switch name := a.Descriptor.Name; {
			case of != i:
			case slices.Contains(selected, name):
				in = append(in, name)
			case !a.Off:
				out = append(out, name)
			}
		}
		slices.Sort(in)
		slices.Sort(out)
		if len(in) > 0 && len(out) > 0 {
			return hint.With(fmt.Errorf("cannot migrate %s without %s: one supervisord runs them (%s), and at the next boot it would start %s again",
				strings.Join(in, ", "), strings.Join(out, ", "), mv.shown(d.file), strings.Join(in, ", ")),
				"leave the names out to migrate all, or write autostart=false into the sections of those that are to stay off")
		}
	}
	return nil
}
