package bus

import (
	"context"
	"errors"

	"github.com/godbus/dbus/v5"
)

// Object is what is offered on the bus.
type Object struct {
	Name      string // on the bus
	Path      string
	Interface string
	Methods   []Method

	// Handle answers a call of one of the methods. The arguments have the types
	// that the method declares; structures are []any. An error that has
	// ErrorName and Hint gets this name and a body of two strings.
	Handle func(ctx context.Context, call Call) ([]any, error)
}

// Method is the form of a method.
type Method struct {
	Name            string
	In, Out         string // signatures
	InArgs, OutArgs []string
}

// Call is one call of a method.
type Call struct {
	Sender      string // a unique name
	Method      string
	Args        []any
	Interactive bool // the caller waits for a password to be typed, if need be
}

// Store copies the arguments into variables of their types.
func (c Call) Store(into ...any) error { return dbus.Store(c.Args, into...) }

const introspectable = "org.freedesktop.DBus.Introspectable"

// handler gives the library a method for whatever is called, so that every call
// is answered here and counted.
type handler struct {
	ctx  context.Context // the library's handlers take none
	conn *Conn
}

func (h *handler) LookupObject(path dbus.ObjectPath) (dbus.ServerObject, bool) {
	return &incoming{handler: h, path: string(path)}, true
}

// incoming is one call, from finding its method to answering it.
type incoming struct {
	*handler
	path, face, member string
	message            *dbus.Message
	sender             string
	silent             bool // no answer is wanted
}

func (c *incoming) LookupInterface(name string) (dbus.Interface, bool) {
	c.face = name
	return c, true
}

func (c *incoming) LookupMethod(name string) (dbus.Method, bool) {
	c.member = name
	return c, true
}

func (c *incoming) NumArguments() int     { return 0 }
func (c *incoming) NumReturns() int       { return 0 }
func (c *incoming) ArgumentValue(int) any { return nil }
func (c *incoming) ReturnValue(int) any   { return nil }

// DecodeArguments is where the library shows the message.
func (c *incoming) DecodeArguments(_ *dbus.Conn, sender string, message *dbus.Message, _ []any) ([]any, error) {
	c.sender, c.message = sender, message
	c.silent = message.Flags&dbus.FlagNoReplyExpected != 0
	message.Flags |= dbus.FlagNoReplyExpected // the library is not to answer
	return nil, nil
}

// Call answers by itself: when it returns, the answer has been sent.
func (c *incoming) Call(...any) ([]any, error) {
	defer c.conn.sieve.calls.Add(-1)
	results, err := c.dispatch()
	if !c.silent {
		c.reply(results, err)
	}
	return nil, nil
}

func (c *incoming) dispatch() ([]any, error) {
	object := c.conn.object.Load()
	switch {
	case object == nil:
		return nil, dbus.MakeNoObjectError(dbus.ObjectPath(c.path))
	case c.face == introspectable && c.member == "Introspect" && len(c.message.Body) == 0:
		return []any{object.introspection(c.path)}, nil
	case c.path != object.Path:
		return nil, dbus.MakeNoObjectError(dbus.ObjectPath(c.path))
	case c.face != object.Interface && c.face != "":
		return nil, dbus.MakeUnknownInterfaceError(c.face)
	}
	signature, _ := c.message.Headers[dbus.FieldSignature].Value().(dbus.Signature)
	for _, m := range object.Methods {
		if m.Name != c.member {
			continue
		}
		if c.face == "" || signature.String() != m.In {
			return nil, dbus.NewError("org.freedesktop.DBus.Error.InvalidArgs",
				[]any{m.Name + " takes arguments of the types (" + m.In + ")"})
		}
		return object.Handle(c.ctx, Call{
			Sender: c.sender, Method: c.member, Args: c.message.Body,
			Interactive: c.message.Flags&dbus.FlagAllowInteractiveAuthorization != 0,
		})
	}
	return nil, dbus.MakeUnknownMethodError(c.member)
}

func (c *incoming) reply(results []any, err error) {
	reply := &dbus.Message{Type: dbus.TypeMethodReply, Body: results, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldReplySerial: dbus.MakeVariant(c.message.Serial()),
		dbus.FieldDestination: dbus.MakeVariant(c.sender),
	}}
	if err != nil {
		reply.Type = dbus.TypeError
		var name string
		name, reply.Body = errorReply(err)
		reply.Headers[dbus.FieldErrorName] = dbus.MakeVariant(name)
	}
	if len(reply.Body) > 0 {
		reply.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(reply.Body...))
	}
	c.conn.conn.Send(reply, nil) // the caller may be gone
}

// named is an error with a name of its own on the bus.
type named interface {
	error
	ErrorName() string
	Hint() string
}

func errorReply(err error) (name string, body []any) {
	var own named
	var plain *dbus.Error
	var value dbus.Error
	switch {
	case errors.As(err, &own):
		return own.ErrorName(), []any{own.Error(), own.Hint()}
	case errors.As(err, &plain):
		return plain.Name, plain.Body
	case errors.As(err, &value):
		return value.Name, value.Body
	}
	return "org.freedesktop.DBus.Error.Failed", []any{err.Error()}
}
