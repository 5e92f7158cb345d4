// Compares objects as Argo CD does, with the library that it does it with. On stdin {"ignore": [ResourceIgnoreDifferences],
// "pairs": [{"config": object, "live": object}]}; on stdout the pairs that it would call out of sync, as
// [{"name": "Kind/namespace/name", "predicted": object, "live": object}].
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	argodiff "github.com/argoproj/argo-cd/v3/util/argo/diff"
	"github.com/argoproj/argo-cd/v3/util/argo/normalizers"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type pair struct {
	Config map[string]any `json:"config"`
	Live   map[string]any `json:"live"`
}

type question struct {
	Ignore []v1alpha1.ResourceIgnoreDifferences `json:"ignore"`
	Pairs  []pair                               `json:"pairs"`
}

type difference struct {
	Name      string          `json:"name"`
	Predicted json.RawMessage `json:"predicted"`
	Live      json.RawMessage `json:"live"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	config, err := argodiff.NewDiffConfigBuilder().
		WithDiffSettings(asked.Ignore, nil, false, normalizers.IgnoreNormalizerOpts{}).
		WithTracking("", "annotation").
		WithNoCache().
		Build()
	if err != nil {
		return err
	}
	differences := []difference{}
	for _, each := range asked.Pairs {
		wanted := &unstructured.Unstructured{Object: each.Config}
		live := &unstructured.Unstructured{Object: each.Live}
		result, err := argodiff.StateDiff(live, wanted, config)
		if err != nil {
			return err
		}
		if result.Modified {
			name := fmt.Sprintf("%s/%s/%s", wanted.GetKind(), wanted.GetNamespace(), wanted.GetName())
			differences = append(differences, difference{Name: name, Predicted: result.PredictedLive, Live: result.NormalizedLive})
		}
	}
	return json.NewEncoder(os.Stdout).Encode(differences)
}
