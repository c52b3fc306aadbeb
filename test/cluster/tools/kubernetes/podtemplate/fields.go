package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"sort"
	"strings"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const header = `// Generated from Go's struct declarations by test/cluster/tools/kubernetes/podtemplate; do not edit.
// From that module's folder: go run ./podtemplate fields

/**
 * Go's structs in a pod template and in canary steps: JSON names in the order of declaration, with
 * their types. ` + "`*T`" + ` may be nil, ` + "`[]T`" + ` is a list, ` + "`map:T`" + ` has string keys, a capital starts a struct.
 * A ` + "`?`" + ` at the end: left out when it is the zero value, nil or empty.
 */
export const goStructs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
`

// roots are the types that are hashed.
var roots = []reflect.Type{
	reflect.TypeFor[corev1.PodTemplateSpec](),
	reflect.TypeFor[v1alpha1.CanaryStep](),
}

// leaves are the types that write themselves.
var leaves = map[reflect.Type]string{
	reflect.TypeFor[resource.Quantity]():  "quantity",
	reflect.TypeFor[intstr.IntOrString](): "intOrString",
	reflect.TypeFor[metav1.Time]():        "time",
	reflect.TypeFor[metav1.FieldsV1]():    "raw",
	reflect.TypeFor[json.RawMessage]():    "raw",
}

// structs is what has been found so far; names are the Go type names, which must not clash.
type structs map[string]reflect.Type

func writeFields(out io.Writer) error {
	found := structs{}
	for _, root := range roots {
		if _, err := found.typeName(root); err != nil {
			return err
		}
	}
	var text bytes.Buffer
	text.WriteString(header)
	for _, name := range sortedNames(found) {
		if err := found.writeStruct(&text, name); err != nil {
			return err
		}
	}
	text.WriteString("}\n")
	_, err := out.Write(text.Bytes())
	return err
}

func sortedNames(found structs) []string {
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (found structs) writeStruct(text *bytes.Buffer, name string) error {
	fields, err := found.fields(found[name])
	if err != nil {
		return err
	}
	if len(fields) == 0 {
		fmt.Fprintf(text, "  %s: {},\n", name)
		return nil
	}
	fmt.Fprintf(text, "  %s: {\n", name)
	for _, field := range fields {
		fmt.Fprintf(text, "    %s: '%s',\n", field.name, field.typeName)
	}
	text.WriteString("  },\n")
	return nil
}

type field struct{ name, typeName string }

// fields lists a struct's fields as encoding/json writes them; embedded structs stand in line.
func (found structs) fields(t reflect.Type) ([]field, error) {
	var all []field
	for i := range t.NumField() {
		some, err := found.field(t.Field(i))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

func (found structs) field(f reflect.StructField) ([]field, error) {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if f.Anonymous && name == "" {
		if f.Type.Kind() != reflect.Struct {
			return nil, fmt.Errorf("%s: an embedded pointer is not understood", f.Name)
		}
		return found.fields(f.Type)
	}
	if name == "-" || !f.IsExported() {
		return nil, nil
	}
	if name == "" {
		return nil, fmt.Errorf("%s has no JSON name", f.Name)
	}
	typeName, err := found.typeName(f.Type)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	if isLeftOut(f.Type, options) {
		typeName += "?"
	}
	return []field{{name, typeName}}, nil
}

// isLeftOut tells whether a zero value is not written: omitempty does nothing for a struct.
func isLeftOut(t reflect.Type, options string) bool {
	for option := range strings.SplitSeq(options, ",") {
		if option == "omitzero" || (option == "omitempty" && t.Kind() != reflect.Struct) {
			return true
		}
	}
	return false
}

func (found structs) typeName(t reflect.Type) (string, error) {
	if name, ok := leaves[t]; ok {
		return name, nil
	}
	if t.Implements(reflect.TypeFor[json.Marshaler]()) && t.Kind() != reflect.Pointer {
		return "", fmt.Errorf("%s writes itself in a way that is not known here", t)
	}
	switch t.Kind() {
	case reflect.String:
		return "string", nil
	case reflect.Bool:
		return "bool", nil
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "int", nil
	case reflect.Pointer:
		return found.prefixed("*", t.Elem())
	case reflect.Slice:
		return found.prefixed("[]", t.Elem())
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return found.prefixed("map:", t.Elem())
		}
	case reflect.Struct:
		return found.structName(t)
	}
	return "", fmt.Errorf("%s is not understood", t)
}

func (found structs) prefixed(prefix string, t reflect.Type) (string, error) {
	if t.Kind() == reflect.Uint8 {
		return "", fmt.Errorf("bytes are not understood")
	}
	name, err := found.typeName(t)
	return prefix + name, err
}

func (found structs) structName(t reflect.Type) (string, error) {
	if known, ok := found[t.Name()]; ok {
		if known != t {
			return "", fmt.Errorf("two structs are named %s", t.Name())
		}
		return t.Name(), nil
	}
	found[t.Name()] = t
	_, err := found.fields(t)
	return t.Name(), err
}
