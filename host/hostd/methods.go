package hostd

import (
	"context"

	"ecounit/host"
	"ecounit/host/hostd/bus"
)

// method is a method of the object on the bus. Its signature follows from the
// arguments of host.Client.
type method struct {
	bus.Method
	answer func(*service, context.Context, caller, bus.Call) ([]any, error)
}

const (
	requestType = "(ssqsbuassbtq)" // host.Request
	answerType  = "(sbss)"         // host.Answer
	findingType = "a(sss)"         // []host.Finding

	databaseType  = "(ssquus)"     // host.Database
	databasesType = "a(sstuubbbs)" // []host.DatabaseUse
)

func form(name, in, out string, inArgs, outArgs []string) bus.Method {
	return bus.Method{Name: name, In: in, Out: out, InArgs: inArgs, OutArgs: outArgs}
}

var methods = []method{
	{form("Prepare", "", "s", nil, []string{"dir"}), (*service).prepare},
	{form("Publish", requestType, answerType, []string{"request"}, []string{"answer"}), (*service).publishSite},
	{form("Withdraw", "sb", "", []string{"app", "release"}, nil), (*service).withdraw},
	{form("SetPassword", "sss", "", []string{"app", "name", "hash"}, nil), (*service).setPassword},
	{form("PasswordNames", "s", "as", []string{"app"}, []string{"names"}), (*service).passwordNames},
	{form("MakeDatabase", "s", databaseType, []string{"name"}, []string{"database"}), (*service).makeDatabase},
	{form("UnmakeDatabase", "suu", "", []string{"name", "made_role", "made_database"}, nil), (*service).unmakeDatabase},
	{form("Approve", "s", answerType, []string{"site"}, []string{"answer"}), (*service).approve},
	{form("Reject", "ss", "", []string{"site", "reason"}, nil), (*service).reject},
	{form("Evict", "s", "", []string{"site"}, nil), (*service).evict},
	{form("Grant", "ssb", "", []string{"account", "path", "give"}, nil), (*service).grant},
	{form("Databases", "s", databasesType, []string{"account"}, []string{"databases"}), (*service).databases},
	{form("RevokeDatabases", "sb", "", []string{"account", "undo"}, nil), (*service).revokeDatabases},
	{form("LimitDatabases", "su", "", []string{"account", "connections"}, nil), (*service).limitDatabases},
	{form("Reconcile", "", findingType, nil, []string{"findings"}), (*service).reconcile},
	{form("Check", "", findingType, nil, []string{"findings"}), (*service).check},
}

// object is what is offered on the bus.
func (s *service) object() bus.Object {
	o := bus.Object{Name: host.BusName, Path: host.ObjectPath, Interface: host.Interface, Handle: s.handle}
	for _, m := range methods {
		o.Methods = append(o.Methods, m.Method)
	}
	return o
}
