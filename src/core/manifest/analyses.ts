/** What the background and each analysis step of a Rollout measure: templates found, merged, their arguments filled in and checked. */
import type { AnalysisTemplate, Argument, Metric } from '../analysis/metric.ts'
import { at, type Json, textAt } from '../json.ts'
import type { KubeObject, ObjectRef } from '../object.ts'
import { absence, failed, ok, type Problem, problem, type Result } from '../result.ts'
import { judgeAnnotation } from '../rollout/keys.ts'
import type { Analysis, Scene } from '../rollout/scene.ts'
import type { AnalysisSpec, RolloutSpec, TemplateRef } from '../rollout/spec.ts'
import { parseAnalysisTemplate, resolveMetric } from './analysis.ts'
import { fieldAt } from './field-path.ts'
import { annotationJudge, type JudgeDefaults } from './judge-settings.ts'
import { podTemplateHash } from './pod-template-hash.ts'

export type Analyses = Scene['analyses']

type Around = {
  readonly rollout: KubeObject
  readonly find: (ref: ObjectRef) => KubeObject | undefined
  readonly defaults: JudgeDefaults
}

export function analysesOf(spec: RolloutSpec, around: Around): Result<Analyses> {
  const background = backgroundOf(spec, around)
  const steps = spec.canary.steps.flatMap((step, index) =>
    step.kind === 'analysis'
      ? [
          {
            index,
            analysis: analysisOf(
              step.analysis,
              `spec.strategy.canary.steps[${index}].analysis`,
              around,
            ),
          },
        ]
      : [],
  )
  const all = [background, ...steps.map(({ analysis }) => analysis)]
  const problems = all.flatMap((part) => (part.ok ? [] : part.problems))
  if (problems.length > 0) return failed(...problems)
  return ok({
    background: background.ok ? background.value : undefined,
    steps: new Map(
      steps.flatMap(({ index, analysis }) => (analysis.ok ? [[index, analysis.value]] : [])),
    ),
  })
}

/** The templates that a Rollout names. */
export function templateRefs({ canary }: RolloutSpec, namespace: string): readonly ObjectRef[] {
  const inline = canary.steps.flatMap((step) =>
    step.kind === 'analysis' ? step.analysis.templates : [],
  )
  return [...(canary.background?.templates ?? []), ...inline].map((ref) =>
    objectRef(ref, namespace),
  )
}

function objectRef({ name, clusterScope }: TemplateRef, namespace: string): ObjectRef {
  return clusterScope
    ? { kind: 'ClusterAnalysisTemplate', namespace: '', name }
    : { kind: 'AnalysisTemplate', namespace, name }
}

/** The annotation adds the judge to the background, unless a template there brings one of its own. */
function backgroundOf({ canary }: RolloutSpec, around: Around): Result<Analysis | undefined> {
  const asked = annotationJudge(around.rollout.metadata.annotations[judgeAnnotation])
  if (!asked.ok) return asked
  const written =
    canary.background === undefined
      ? ok(undefined)
      : analysisOf(canary.background, 'spec.strategy.canary.analysis', around)
  if (!written.ok || asked.value === undefined) return written
  const { metrics, args } = written.value ?? { metrics: [], args: [] }
  if (metrics.some(({ json }) => at(json, 'provider', 'plugin', 'haldane/judge') !== undefined))
    return written
  return ok({
    metrics: [
      ...metrics,
      { name: textAt(asked.value, 'name') ?? 'haldane-judge', json: asked.value },
    ],
    args,
  })
}

function analysisOf(spec: AnalysisSpec, path: string, around: Around): Result<Analysis> {
  const templates = spec.templates.map((ref, index) =>
    templateOf(ref, `${path}.templates[${index}]`, around),
  )
  const problems = templates.flatMap((part) => (part.ok ? [] : part.problems))
  if (problems.length > 0) return failed(...problems)
  const found = templates.flatMap((part) => (part.ok ? [part.value] : []))
  const metrics = found.flatMap((template) => template.metrics)
  const args = argumentsOf(found, spec.args, around)
  const wrong = [
    ...doubled(metrics, path),
    ...unresolved(args, path),
    ...unreadable(metrics, args, { path, defaults: around.defaults }),
  ]
  return wrong.length > 0 ? failed(...wrong) : ok({ metrics, args })
}

function templateOf(
  ref: TemplateRef,
  path: string,
  { rollout, find }: Around,
): Result<AnalysisTemplate> {
  const { kind, namespace, name } = objectRef(ref, rollout.metadata.namespace)
  const object = find({ kind, namespace, name })
  if (object === undefined)
    return failed(
      absence(
        path,
        `${kind} '${name}'`,
        `${kind} '${name}' not found; create it or change templateName`,
      ),
    )
  const parsed = parseAnalysisTemplate(object.json)
  return parsed.ok
    ? parsed
    : failed(
        ...parsed.problems.map((inner) =>
          problem(path, `${kind} '${name}' ${inner.path}: ${inner.message}`),
        ),
      )
}

/** Arguments that the templates declare; the Rollout's values go before the templates' own. */
function argumentsOf(
  templates: readonly AnalysisTemplate[],
  given: readonly Argument[],
  around: Around,
): readonly Argument[] {
  const declared = new Map<string, Argument>()
  for (const argument of templates.flatMap(({ args }) => args)) {
    const known = declared.get(argument.name)
    declared.set(argument.name, known?.value === undefined ? argument : known)
  }
  return [...declared.values()].map((argument) => {
    const override = given.find(({ name }) => name === argument.name)
    return {
      name: argument.name,
      value: override === undefined ? argument.value : valueOf(override, around),
      from: undefined,
    }
  })
}

function valueOf({ value, from }: Argument, { rollout }: Around): string | undefined {
  if (from === undefined) return value
  if (from.kind === 'field') return fieldAt(rollout.json, from.path)
  if (from.of === 'Stable') return textAt(rollout.json, 'status', 'stableRS') ?? ''
  return podTemplateHash(at(rollout.json, 'spec', 'template'), collisions(rollout.json))
}

function collisions(json: Json): number | undefined {
  const count = at(json, 'status', 'collisionCount')
  return typeof count === 'number' ? count : undefined
}

function unresolved(args: readonly Argument[], path: string): readonly Problem[] {
  return args
    .filter(({ value }) => value === undefined)
    .map(({ name }) =>
      problem(
        `${path}.args`,
        `args.${name} was not resolved; give it a value here or in the template`,
      ),
    )
}

function doubled(metrics: readonly Metric[], path: string): readonly Problem[] {
  const names = metrics.map(({ name }) => name)
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
  return twice.map((name) =>
    problem(`${path}.templates`, `two metrics are called '${name}'; rename one of them`),
  )
}

function unreadable(
  metrics: readonly Metric[],
  args: readonly Argument[],
  { path, defaults }: { readonly path: string; readonly defaults: JudgeDefaults },
): readonly Problem[] {
  return metrics.flatMap((metric) => {
    const resolved = resolveMetric(metric, args, defaults)
    return resolved.ok
      ? []
      : resolved.problems.map((inner) =>
          problem(`${path}.templates`, `metric '${metric.name}' ${inner.path}: ${inner.message}`),
        )
  })
}
