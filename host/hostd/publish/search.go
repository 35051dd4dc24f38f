package publish

import (
	"context"
	"fmt"
	"slices"
)

// maxTests bounds the search for includes that the web server refuses: each
// test takes it up to a second.
const maxTests = 40

// search finds which changes the web server accepts.
type search struct {
	t        *transaction
	server   Server
	accepted []version         // the best that is known to be accepted
	refused  map[string]string // by ID, and why
	waits    string            // why there is nothing to be had at all
	tests    int
}

// settle leaves the folder with every change that the web server accepts, or
// as it was before.
func (t *transaction) settle(ctx context.Context, server Server) (*search, error) {
	s := &search{t: t, server: server, refused: map[string]string{}}
	mistakes, err := s.try(ctx, t.all(after))
	if err != nil || mistakes == "" {
		return s, err
	}
	theirs, err := s.try(ctx, t.all(before))
	if err != nil {
		return s, err
	}
	if theirs != "" {
		s.waits = "the web server's configuration has a mistake that is not ecounit's: " + firstUseful(theirs)
		if why := explained(theirs, t.w.web); why != firstUseful(theirs) {
			s.waits = "the web server's configuration is not in order: " + why
		}
		return s, nil
	}
	return s, s.blame(ctx, mistakes)
}

// blame finds the guilty among our own changes.
func (s *search) blame(ctx context.Context, mistakes string) error {
	// What takes a site away, and the generation, are not suspects: if it is
	// them, there is nothing to choose from.
	base := s.t.all(after)
	var suspects []int
	for i, c := range s.t.s.changes {
		if c.after != nil {
			base[i] = c.retreat()
			suspects = append(suspects, i)
		}
	}
	ours, err := s.try(ctx, base)
	if err != nil {
		return err
	}
	if ours != "" {
		s.waits = "the web server does not accept ecounit's own configuration: " + explained(ours, s.t.w.web)
		return s.t.set(s.t.all(before))
	}
	if err := s.divide(ctx, suspects, mistakes); err != nil {
		return err
	}
	if slices.Equal(s.t.current, s.accepted) {
		return nil
	}
	return s.t.set(s.accepted)
}

// divide accepts what it can of suspects that were refused together.
func (s *search) divide(ctx context.Context, suspects []int, mistakes string) error {
	if len(suspects) == 0 {
		return nil
	}
	if len(suspects) == 1 || s.tests >= maxTests {
		for _, i := range suspects {
			why := "the web server does not accept its include: " + explained(mistakes, s.t.w.web)
			if len(suspects) > 1 {
				why = "not tried yet, since the web server does not accept several new includes: " + firstUseful(mistakes)
			}
			s.refused[idOf(s.t.changes[i].name)] = why
		}
		return nil
	}
	half := len(suspects) / 2
	for _, part := range [][]int{suspects[:half], suspects[half:]} {
		attempt := slices.Clone(s.accepted)
		for _, i := range part {
			attempt[i] = after
		}
		mistakes, err := s.try(ctx, attempt)
		if err == nil && mistakes != "" {
			err = s.divide(ctx, part, mistakes)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// try has one state of the folder tested, and remembers it when it is accepted.
func (s *search) try(ctx context.Context, versions []version) (mistakes string, err error) {
	if err := s.t.set(versions); err != nil {
		return "", err
	}
	s.tests++
	mistakes, err = s.server.Test(ctx)
	if err != nil {
		return "", fmt.Errorf("cannot have the web server's configuration tested: %w", err)
	}
	if mistakes == "" {
		s.accepted = slices.Clone(versions)
	}
	return mistakes, nil
}
