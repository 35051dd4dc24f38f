package publish

import (
	"context"

	"ecounit/apache"
	"ecounit/host"
)

// Result is how things stand after a publication.
type Result struct {
	Sites      map[string]Outcome // by ID, for each wanted site
	Waits      string             // why not everything is live, or ""
	Retry      bool               // somebody should ask again in a while: nothing else will
	Generation uint64             // of the includes on disk
	Reloaded   bool
	Findings   []host.Finding // what is odd about the folder
	Crowded    bool           // it waits for processes of the web server to end

	reloads int
	still   map[string]bool // by ID: what nobody wants, and the web server may have
	any     bool            // it is not known what it has
}

// Serves says whether the web server may still serve a site that was not wanted.
func (r Result) Serves(id string) bool {
	_, wanted := r.Sites[id]
	return !wanted && (r.any || r.still[id])
}

// Outcome is how one site stands.
type Outcome struct {
	Live    bool   // the web server serves it in the form wanted
	Problem string // why it does not, for registry.SetProblem; "" also where it only waits for the web server to run
}

// standing is the result where nothing has to change.
func (p *Publisher) standing(ctx context.Context, s *survey) Result {
	return s.result(p.running(ctx, loading{loaded: true}), nil)
}

// result is that of a transaction.
func (t *transaction) result(l loading) Result {
	missing := map[string]bool{}
	for i, c := range t.changes {
		if !l.loaded || t.current[i] != after {
			missing[c.name] = true
		}
	}
	if !l.loaded {
		for _, name := range t.s.unloaded {
			missing[name] = true
		}
	}
	if !l.undone {
		t.s.generation = t.number
	}
	r := t.s.result(l, missing)
	t.still(l, &r)
	return r
}

// still finds what the web server may have of sites that nobody wants.
func (t *transaction) still(l loading, r *Result) {
	old := !l.loaded && l.waits != notRunning // unknown counts as running
	r.any = old && t.s.unknown
	for i, c := range t.s.changes {
		if c.after == nil && (old || t.current[i] == before || t.current[i] == unknown) {
			r.still[idOf(c.name)] = true
		}
	}
	if old {
		for _, name := range t.s.unloaded {
			r.still[idOf(name)] = true
		}
	}
}

// result tells of every wanted site. missing are the includes that the web
// server does not have.
func (s *survey) result(l loading, missing map[string]bool) Result {
	r := Result{
		Sites: map[string]Outcome{}, Waits: l.waits, Retry: l.waits != "" && l.waits != notRunning,
		Generation: s.generation, Reloaded: l.reloads > 0, Findings: s.findings, reloads: l.reloads,
		Crowded: l.crowded, still: map[string]bool{},
	}
	for _, id := range s.byHand {
		r.still[id] = true
	}
	for _, site := range s.wanted.Sites {
		o := Outcome{Problem: s.problems[site.ID()]}
		o.Live = l.running && o.Problem == "" && !missing[apache.FileName(site.Owner, site.App)] && (l.loaded || !s.unknown)
		if !o.Live && o.Problem == "" && r.Retry {
			o.Problem = "waits: " + l.waits
		}
		r.Sites[site.ID()] = o
	}
	return r
}

// running asks whether the web server runs, where nothing else is asked of it.
func (p *Publisher) running(ctx context.Context, l loading) loading {
	running, err := p.server.Running(ctx)
	l.running = running && err == nil
	switch {
	case l.waits != "":
	case err != nil:
		l.waits = cannotAsk(err)
	case !running:
		l.waits = notRunning
	}
	return l
}
