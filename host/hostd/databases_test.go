package hostd

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/host"
	"ecounit/host/hostd/admission"
	"ecounit/host/hostd/bus"
	"ecounit/host/pghelper/order"
)

// fakeDesk notes orders and answers as it is told.
type fakeDesk struct {
	orders []order.Order
	answer order.Outcome
	err    error
}

func (d *fakeDesk) Carry(_ context.Context, o order.Order) (order.Outcome, error) {
	d.orders = append(d.orders, o)
	return d.answer, d.err
}

const databasePolicy = "[database]\npostgres = true\nper_user = 3\nconnections = 7\nwarn_size = \"1G\"\n"

func newDatabaseService(t *testing.T, policy string) (testService, *fakeDesk) {
	s, d := newTestService(t, policy), &fakeDesk{answer: order.Outcome{Host: "/run/postgresql", Port: 5432}}
	s.desk = d
	return s, d
}

func TestNoDatabasesUnlessThePolicyAllowsThem(t *testing.T) {
	for _, policy := range []string{"", "[database]\npostgres = false\n", `groups = ["staff"]` + "\n" + databasePolicy} {
		s, d := newDatabaseService(t, policy)
		s.refuses(t, ":alice", "MakeDatabase", host.Denied, "cannot make a database", "alice_tasks")
		s.refuses(t, ":alice", "UnmakeDatabase", host.Denied, "cannot make a database", args["UnmakeDatabase"]...)
		if len(d.orders) > 0 || len(s.identity.decided) > 0 {
			t.Errorf("orders %v, polkit %v", d.orders, s.identity.decided)
		}
	}
}

func TestTheOrderIsAboutTheCaller(t *testing.T) {
	s, d := newDatabaseService(t, databasePolicy)
	for sender, names := range map[string][2]string{":alice": {"alice", "alice_tasks"}, ":bob": {"Bob@CAMPUS", "Bob@CAMPUS_tasks"}} {
		d.orders = nil
		for _, name := range []string{names[1], "survey"} {
			if _, err := s.handle(t.Context(), bus.Call{Sender: sender, Method: "MakeDatabase", Args: []any{name}}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.handle(t.Context(), bus.Call{Sender: sender, Method: "UnmakeDatabase", Args: []any{"x_y", uint32(1), uint32(2)}}); err != nil {
			t.Fatal(err)
		}
		want := []order.Order{
			{Do: order.Make, Role: names[0], Database: names[1], PerUser: 3, Connections: 7},
			{Do: order.Adopt, Role: names[0], Database: "survey", PerUser: 3, Connections: 7},
			{Do: order.Unmake, Role: names[0], Database: "x_y", Connections: 7, Made: order.Made{Role: 1, Database: 2}},
		}
		for i, o := range d.orders {
			if o != want[i] {
				t.Errorf("ordered %+v, want %+v", o, want[i])
			}
		}
	}
}

func TestRefusalsOfTheServer(t *testing.T) {
	s, d := newDatabaseService(t, databasePolicy)
	for reason, kind := range map[order.Reason]host.Kind{
		order.Taken: host.Taken, order.TooMany: host.TooMany, order.Revoked: host.Denied, order.BadName: host.Invalid,
		order.Failed: host.Failed, "new": host.Failed,
	} {
		d.answer.Refusal = &order.Refusal{Reason: reason, Message: "shut out, too"}
		s.refuses(t, ":alice", "MakeDatabase", kind, "shut", "alice_tasks")
	}
	d.answer.Refusal.Reason = order.Missing
	s.refuses(t, ":alice", "MakeDatabase", host.Refused, "begin with the name of their owner", "survey")
	d.err = errors.New("ecounit-postgres.service failed")
	s.refuses(t, ":alice", "MakeDatabase", host.Failed, "ecounit-postgres.service failed", "alice_tasks")
}

func TestCallsAboutDatabasesAreFew(t *testing.T) {
	s, _ := newDatabaseService(t, databasePolicy)
	for range databaseCalls.Burst {
		if _, err := s.handle(t.Context(), bus.Call{Sender: ":alice", Method: "MakeDatabase", Args: []any{"alice_tasks"}}); err != nil {
			t.Fatal(err)
		}
	}
	s.gate = admission.New(admission.Default, time.Now)
	s.refuses(t, ":alice", "MakeDatabase", host.TooMany, "about databases", "alice_tasks")
}

func TestOwnersOfLargeDatabasesAreTold(t *testing.T) {
	s, d := newDatabaseService(t, databasePolicy)
	for bytes, want := range map[int64]string{
		1 << 30:     "",
		1<<30 + 512: "alice_tasks takes 1.0G of the server's disk; on this host owners are told from 1.0G on",
	} {
		d.answer.Bytes = bytes
		got, err := s.handle(t.Context(), bus.Call{Sender: ":alice", Method: "MakeDatabase", Args: []any{"alice_tasks"}})
		if err != nil || got[0].(host.Database).Warning != want {
			t.Errorf("%d bytes: %v %v", bytes, got, err)
		}
	}
}

func TestCheckLooksAtTheServer(t *testing.T) {
	s, d := newDatabaseService(t, databasePolicy)
	d.answer.Openings, d.answer.Obstacles = []string{"line 3"}, []string{"line 4"}
	found := s.checkDatabases(t.Context())
	if !strings.Contains(found[1].What, "line 4") || !strings.Contains(found[1].Hint, "local all all peer") {
		t.Errorf("found %v", found)
	}
	if found = slices.Delete(found, 1, 2); len(found) != 2 || found[0].Severity != host.SeverityWarning || found[1].Severity != host.SeverityOK {
		t.Errorf("found %v", found)
	}
	d.answer.Refusal = &order.Refusal{Reason: order.Failed, Message: "it is down"}
	if found := s.checkDatabases(t.Context()); len(found) != 1 || found[0].Severity != host.SeverityError {
		t.Errorf("found %v", found)
	}
}
