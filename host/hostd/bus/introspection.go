package bus

import (
	"strings"

	"github.com/godbus/dbus/v5/introspect"
)

// introspection is the answer to Introspect at a path.
func (o *Object) introspection(path string) string {
	node := &introspect.Node{} // the library adds its own interfaces
	if path == o.Path {
		node.Interfaces = append(node.Interfaces, o.describe())
	} else if child := childOf(path, o.Path); child != "" {
		node.Children = []introspect.Node{{Name: child}}
	}
	return string(introspect.NewIntrospectable(node))
}

// describe is the object's interface for Introspect.
func (o *Object) describe() introspect.Interface {
	face := introspect.Interface{Name: o.Interface}
	for _, m := range o.Methods {
		method := introspect.Method{Name: m.Name}
		method.Args = append(arguments(m.In, m.InArgs, "in"), arguments(m.Out, m.OutArgs, "out")...)
		face.Methods = append(face.Methods, method)
	}
	return face
}

func arguments(signature string, names []string, direction string) []introspect.Arg {
	var args []introspect.Arg
	for i, one := range split(signature) {
		args = append(args, introspect.Arg{Name: names[i], Type: one, Direction: direction})
	}
	return args
}

// split takes a signature of the methods here apart: they have basic types,
// structures and arrays.
func split(signature string) []string {
	var all []string
	begin, depth := 0, 0
	for i := range len(signature) {
		switch signature[i] {
		case '(':
			depth++
			continue
		case ')':
			depth--
		case 'a':
			continue
		}
		if depth == 0 {
			all = append(all, signature[begin:i+1])
			begin = i + 1
		}
	}
	return all
}

// childOf is the next part of path below a parent of it, or "".
func childOf(parent, path string) string {
	rest, below := strings.CutPrefix(path, strings.TrimSuffix(parent, "/")+"/")
	if !below {
		return ""
	}
	child, _, _ := strings.Cut(rest, "/")
	return child
}
