package cli

import (
	"testing"

	"ecounit/internal/hint"
	"ecounit/internal/installed"
	"ecounit/units"
)

func TestAProcessThatAnAppDoesNotHave(t *testing.T) {
	a := installed.New("tasks", []units.File{{Name: "tasks.target", Content: []byte("[Unit]\nWants=tasks.service tasks-worker@1.service\n")}})
	if _, err := processUnits(a, "work"); err == nil || err.Error() != `tasks has no process "work"` || hint.Of(err) != "its processes are web, worker" {
		t.Errorf("%v, hint %s", err, hint.Of(err))
	}
	if got, err := processUnits(installed.New("tasks", nil), ""); err != nil || len(got) > 0 {
		t.Errorf("without units: %q, %v", got, err)
	}
}
