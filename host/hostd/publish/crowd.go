package publish

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"ecounit/apache"
)

// chargedName is how many reloads each owner has had since half of the web
// server's processes were free. It outlives the service, which ends when idle.
const chargedName = "charged.json"

// room is what is left of the web server's processes. Old generations of it,
// held by open websockets, have the others: each reload may add one and more,
// and with none left every site stands still (facts: apache.md).
type room struct{ limit, taken int }

// spare is what nobody's new or changed site gets.
func (r room) spare() int { return min(4, r.limit/4) }

// free says that nobody has to save reloads.
func (r room) free() bool { return r.taken*2 < r.limit }

// each is how many reloads an owner has while it is not free. Nobody alone comes
// to the end with it, though a reload can leave more than one process behind.
func (r room) each() int { return max(1, (r.limit-r.spare()-r.limit/2)/4) }

// forChanges, forRemovals and forAdministrators say for whom there is room: what
// takes a site away must not wait for the one who made the crowd.
func (r room) forChanges() bool        { return r.taken < r.limit-r.spare() }
func (r room) forRemovals() bool       { return r.taken < r.limit-max(1, r.spare()/2) }
func (r room) forAdministrators() bool { return r.taken < r.limit-min(1, r.spare()/2) }

// crowded says why there may be no reload now, or "". Files that wait stay: they
// come with the next reload, whoever it is for.
func (t *transaction) crowded(ctx context.Context, server Server) (waits string, crowded bool) {
	r := room{limit: t.s.wanted.ServerLimit}
	if r.limit <= 0 {
		return "", false
	}
	var err error
	if r.taken, err = server.Processes(ctx); err != nil {
		return oneLine(fmt.Sprintf("cannot count the processes of the web server: %v", err)), false
	}
	if r.free() {
		_ = t.w.state.Remove(chargedName) // tried again by the next one
		return "", false
	}
	charged := t.w.charged()
	waits = fmt.Sprintf("the web server has %d of at most %d processes, most likely held by open websockets since earlier reloads", r.taken, r.limit)
	owners, removals, out := t.pending()
	switch {
	case out && r.forAdministrators():
		return "", false
	case !r.forRemovals():
		return waits, true
	case !r.forChanges():
		owners = removals
	default:
		waits += fmt.Sprintf("; reloads for each user while half are taken: %d", r.each())
	}
	if !slices.ContainsFunc(owners, func(owner string) bool { return charged[owner] < r.each() }) {
		return waits, true
	}
	for _, owner := range owners {
		charged[owner]++
	}
	if err := t.w.saveCharged(charged); err != nil {
		return oneLine(err.Error()), false
	}
	return "", false
}

// pending is whose changes the web server does not have yet, whose removals are
// among them, and whether an administrator wants one.
func (t *transaction) pending() (owners, removals []string, out bool) {
	var changed names
	for _, c := range t.s.changes {
		changed = append(changed, c.name)
	}
	for _, name := range changed.with(t.s.unloaded...) {
		owner, _, _ := apache.ParseFileName(name)
		owners = append(owners, owner)
		id := idOf(name)
		for _, site := range t.s.wanted.Sites {
			if site.ID() == id {
				id = ""
			}
		}
		if id != "" {
			removals = append(removals, owner)
			out = out || slices.Contains(t.s.wanted.Out, id)
		}
	}
	slices.Sort(owners)
	slices.Sort(removals)
	return slices.Compact(owners), slices.Compact(removals), out
}

// charged is empty where it cannot be read: it only bounds how much waits.
func (w *workplace) charged() map[string]int {
	charged := map[string]int{}
	file, err := w.state.Read(chargedName)
	if err != nil || json.Unmarshal(file.Text, &charged) != nil || charged == nil {
		return map[string]int{}
	}
	return charged
}

func (w *workplace) saveCharged(charged map[string]int) error {
	text, err := json.Marshal(charged)
	if err != nil {
		return err
	}
	return w.state.Replace(chargedName, append(text, '\n'), 0o644)
}
