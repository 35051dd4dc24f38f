package pgorders

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"ecounit/host/pghelper/order"
)

// answers are what the unit leaves behind, one for each run; ID stands for that
// of the order.
type answers []string

func (a *answers) Exchange(_ context.Context, _, _ string, text []byte, _ string, _ int64) ([]byte, error) {
	var o order.Order
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, err
	}
	next := (*a)[0]
	*a = (*a)[1:]
	switch next {
	case "nothing":
		return nil, fmt.Errorf("cannot read: %w", fs.ErrNotExist)
	case "failed":
		return nil, errors.New("the unit failed")
	}
	return []byte(strings.ReplaceAll(next, "ID", o.ID)), nil
}

const good = `{"id": "ID", "port": 5432}`

func TestTheAnswerToAnotherOrderIsNotTaken(t *testing.T) {
	for _, test := range []struct {
		said answers
		ok   bool
	}{
		{answers{good}, true},
		{answers{`{"id": "older", "port": 1}`, good}, true},
		{answers{"nothing", good}, true},
		{answers{"nothing", `{"id": "older"}`, `{}`}, false},
		{answers{"failed", good}, false},
		{answers{"", good}, false},
		{answers{`{"id": "ID"`, good}, false},
	} {
		said := fmt.Sprint(test.said)
		got, err := Desk{&test.said}.Carry(t.Context(), order.Order{Do: order.Look})
		if (err == nil) != test.ok || test.ok && got.Port != 5432 {
			t.Errorf("%s: %+v %v", said, got, err)
		}
	}
}

func TestLongOrdersAreNotGiven(t *testing.T) {
	if _, err := (Desk{&answers{good}}).Carry(t.Context(), order.Order{Database: strings.Repeat("x", order.MaxOrder)}); err == nil {
		t.Error("it was given")
	}
}
