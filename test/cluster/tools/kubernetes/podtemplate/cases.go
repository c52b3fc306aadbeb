package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	"github.com/argoproj/argo-rollouts/utils/conditions"
	"github.com/argoproj/argo-rollouts/utils/hash"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"
)

// givenCases is what templates.yaml says. A template or a list of steps is any JSON.
type givenCases struct {
	Templates []struct {
		It              string          `json:"it"`
		CollisionCounts []int32         `json:"collisionCounts"`
		Template        json.RawMessage `json:"template"`
	} `json:"templates"`
	Steps []struct {
		It    string          `json:"it"`
		Steps json.RawMessage `json:"steps"`
	} `json:"steps"`
}

type templateCase struct {
	It             string          `json:"it"`
	CollisionCount *int32          `json:"collisionCount,omitempty"`
	Template       json.RawMessage `json:"template"`
	Hash           string          `json:"hash"`
}

type stepsCase struct {
	It    string          `json:"it"`
	Steps json.RawMessage `json:"steps"`
	Hash  string          `json:"hash"`
}

func writeCases(out io.Writer, input []byte) error {
	var given givenCases
	if err := yaml.UnmarshalStrict(input, &given); err != nil {
		return err
	}
	templates, err := templateCases(given)
	if err != nil {
		return err
	}
	steps, err := stepsCases(given)
	if err != nil {
		return err
	}
	return writeLines(out, templates, steps)
}

func templateCases(given givenCases) ([]templateCase, error) {
	var cases []templateCase
	for _, g := range given.Templates {
		rollout, err := read(`{"spec":{"template":%s}}`, g.Template)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", g.It, err)
		}
		template := &rollout.Spec.Template
		cases = append(cases, templateCase{g.It, nil, g.Template, hash.ComputePodTemplateHash(template, nil)})
		for _, count := range g.CollisionCounts {
			it := fmt.Sprintf("%s, collision %d", g.It, count)
			cases = append(cases, templateCase{it, &count, g.Template, hash.ComputePodTemplateHash(template, &count)})
		}
	}
	return cases, nil
}

func stepsCases(given givenCases) ([]stepsCase, error) {
	var cases []stepsCase
	for _, g := range given.Steps {
		rollout, err := read(`{"spec":{"strategy":{"canary":{"steps":%s}}}}`, g.Steps)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", g.It, err)
		}
		cases = append(cases, stepsCase{g.It, g.Steps, conditions.ComputeStepHash(rollout)})
	}
	return cases, nil
}

// read turns JSON into a Rollout as Argo's informer does (utils/tolerantinformer): by reflection
// first, and, when that finds a malformed value, with encoding/json as far as that comes.
func read(format string, part json.RawMessage) (*v1alpha1.Rollout, error) {
	var stored map[string]any
	if err := utiljson.Unmarshal(fmt.Appendf(nil, format, part), &stored); err != nil {
		return nil, err
	}
	rollout := &v1alpha1.Rollout{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(stored, rollout); err == nil {
		return rollout, nil
	}
	text, err := json.Marshal(stored)
	if err != nil {
		return nil, err
	}
	rollout = &v1alpha1.Rollout{}
	_ = json.Unmarshal(text, rollout)
	return rollout, nil
}

// writeLines writes one case a line, so that a diff shows which case changed.
func writeLines(out io.Writer, templates []templateCase, steps []stepsCase) error {
	var text bytes.Buffer
	text.WriteString("{\n\"templates\": [\n")
	if err := appendLines(&text, templates); err != nil {
		return err
	}
	text.WriteString("],\n\"steps\": [\n")
	if err := appendLines(&text, steps); err != nil {
		return err
	}
	text.WriteString("]\n}\n")
	_, err := out.Write(text.Bytes())
	return err
}

func appendLines[Case any](text *bytes.Buffer, cases []Case) error {
	for i, c := range cases {
		line, err := json.Marshal(c)
		if err != nil {
			return err
		}
		text.Write(line)
		if i < len(cases)-1 {
			text.WriteByte(',')
		}
		text.WriteByte('\n')
	}
	return nil
}
