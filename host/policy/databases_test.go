package policy

import (
	"errors"
	"testing"
)

func TestDatabasesAreOffByDefault(t *testing.T) {
	var refused *Refusal
	if err := Default().AllowsDatabases(nil); !errors.As(err, &refused) {
		t.Errorf("the default allows databases: %v", err)
	}
	if (Policy{}).AllowsDatabases(nil) == nil || (Policy{}).OwnDatabase("alice", "alice_tasks") == nil {
		t.Error("a policy with mistakes allows databases")
	}
	p := Default()
	p.Databases.Allowed, p.Groups = true, []string{"staff"}
	if p.AllowsDatabases([]string{"users"}) == nil || p.AllowsDatabases([]string{"staff"}) != nil {
		t.Error("the groups do not hold")
	}
}

func TestNewDatabasesBelongToOneAccount(t *testing.T) {
	p := Default()
	p.Names = map[string]string{"Anna.Smith@uni": "anna", "carol": "dora"}
	for _, test := range []struct {
		account, name string
		own           bool
	}{
		{"alice", "alice_tasks", true},
		{"alice", "alice_my-tasks2", true},
		{"a", "a_b_c", false},
		{"a_b", "a_b_c", true},
		{"a", "a_b", true},
		{"a_b", "a_b", false},
		{"alice", "alice_", false},
		{"alice", "alice", false},
		{"alice", "_alice", false},
		{"alice", "", false},
		{"alice", "_", false},
		{"alice", "bob_tasks", false},
		{"alice", "alice_Tasks", false},
		{"alice", "alice_-x", false},
		{"alice", "ALICE_tasks", false},
		{"alice", `alice_"; DROP ROLE x; --`, false},
		{"alice", "alice_tasks\n", false},
		{"alice", "postgres", false},
		{"alice", "template1", false},
		{"Anna.Smith@uni", "anna_tasks", true},
		{"Anna.Smith@uni", "Anna.Smith@uni_tasks", true},
		{"anna", "anna_tasks", false}, // stands for Anna.Smith@uni
		{"carol", "carol_tasks", true},
		{"carol", "dora_tasks", true},
		{"dora", "dora_tasks", false},
		{"UNI\\bob", "UNI\\bob_tasks", true},
		{"UNI\\bob", "bob_tasks", false},
	} {
		if err := p.OwnDatabase(test.account, test.name); (err == nil) != test.own {
			t.Errorf("%q of %s: %v, want own %v", test.name, test.account, err, test.own)
		}
	}
}
