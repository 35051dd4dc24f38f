package pghelper

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"ecounit/host/pghelper/order"
)

func TestWhatIsNoOrderIsNotCarriedOut(t *testing.T) {
	for _, text := range []string{
		"", "{", "[]", `{"do": "make", "sql": "DROP"}`, `{"id": "1", "do": "look"} {}`, `{"id": "1", "do": "look"} x`,
		`{"id": "` + strings.Repeat("x", order.MaxOrder) + `"}`,
	} {
		var out, errs bytes.Buffer
		if code := Main(t.Context(), strings.NewReader(text), &out, &errs); code != 1 || out.Len() > 0 || !strings.HasPrefix(errs.String(), "cannot read the order: ") {
			t.Errorf("%.40q: code %d, %s%s", text, code, &out, &errs)
		}
	}
}

func TestARefusalIsAnAnswer(t *testing.T) {
	// Without a server, or without a right to it.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if code := Main(ctx, strings.NewReader(`{"id": "7", "do": "make", "role": "alice", "database": "alice_x"}`), &out, &errs); code != 0 {
		t.Fatalf("code %d, %s", code, &errs)
	}
	var o order.Outcome
	if err := json.Unmarshal(out.Bytes(), &o); err != nil || o.ID != "7" || o.Refusal == nil || o.Refusal.Message == "" {
		t.Errorf("%s %v", &out, err)
	}
}
