package pghelper

import (
	"slices"
	"testing"

	"ecounit/host/pghelper/order"
	"ecounit/postgres"
)

func TestOwners(t *testing.T) {
	roles := map[string]postgres.Role{
		"postgres": {CanLogIn: true, Superuser: true}, "pg_monitor": {}, "reader": {CanLogIn: true},
		"alice": {CanLogIn: true, ByUs: true}, "bob": {ByUs: true}, "carol": {CanLogIn: true, Superuser: true}, "dave": {CanLogIn: true, MakesRoles: true},
	}
	databases := []postgres.Database{{Owner: "postgres"}, {Owner: "alice"}, {Owner: "alice"}, {Owner: "carol"}, {Owner: "dave"}}
	want := []order.Role{
		{Name: "alice", ByUs: true, Databases: 2},
		{Name: "bob", ByUs: true, Revoked: true},
		{Name: "carol", Rights: "a superuser", Databases: 1},
		{Name: "dave", Rights: "one that may make roles", Databases: 1},
		{Name: "postgres", Databases: 1},
	}
	if got := owners(roles, databases); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}
