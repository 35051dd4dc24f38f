package cli

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAnAddressThatAnswersNoMoreIsNamedOnce(t *testing.T) {
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	defer broken.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for address, want := range map[string]string{
		broken.URL: "it answers 502",
		gone.URL:   "connection refused",
	} {
		_, err := stillAnswers(t.Context(), address+"/tasks", 0)
		if err == nil || !strings.HasPrefix(err.Error(), address+"/tasks answered before, and does not now: ") || !strings.HasSuffix(err.Error(), want) ||
			strings.Count(err.Error(), "/tasks") != 1 {
			t.Errorf("%v", err)
		}
	}
	if _, err := stillAnswers(canceled(), broken.URL, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("after Ctrl-C: %v", err)
	}
}
