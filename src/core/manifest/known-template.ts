/**
 * Whether a stored ReplicaSet was made of a template. The API server fills in defaults when it stores one, and `undo` writes the stored form back
 * into the Rollout: neither makes it another template. Two templates are the same when nothing but defaults tells them apart.
 */
import { isObject, type Json, type JsonObject, objectAt, sameJson } from '../json.ts'
import { withoutRule } from '../rollout/anti-affinity.ts'
import { hashLabel } from '../rollout/keys.ts'
import { type Stored, undressed } from '../rollout/pod-metadata.ts'
import { podTemplateHash } from './pod-template-hash.ts'

/** What the API server fills in at one place of a pod template, and where to look further. */
type Rules = {
  readonly defaults: JsonObject
  /** Fields that hold an object, or a list of objects, with rules of their own. */
  readonly inside: Readonly<Record<string, Rules>>
}

const httpGet: Rules = { defaults: { path: '/', scheme: 'HTTP' }, inside: {} }
const handler: Rules = { defaults: {}, inside: { httpGet } }
const probe: Rules = {
  defaults: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  inside: { httpGet, grpc: { defaults: { service: '' }, inside: {} } },
}
const fieldRef: Rules = { defaults: { apiVersion: 'v1' }, inside: {} }
const env: Rules = { defaults: {}, inside: { valueFrom: { defaults: {}, inside: { fieldRef } } } }
const container: Rules = {
  defaults: {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  },
  inside: {
    ports: { defaults: { protocol: 'TCP' }, inside: {} },
    env,
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
    lifecycle: { defaults: {}, inside: { postStart: handler, preStop: handler } },
    securityContext: { defaults: { procMount: 'Default' }, inside: {} },
  },
}
const mode: Rules = { defaults: { defaultMode: 0o644 }, inside: {} }
const items: Rules = { defaults: {}, inside: { fieldRef } }
const sources: Rules = {
  defaults: {},
  inside: {
    downwardAPI: { defaults: {}, inside: { items } },
    serviceAccountToken: { defaults: { expirationSeconds: 3600 }, inside: {} },
  },
}
const claim: Rules = { defaults: { volumeMode: 'Filesystem' }, inside: {} }
const volume: Rules = {
  defaults: { emptyDir: {} },
  inside: {
    configMap: mode,
    secret: mode,
    downwardAPI: { ...mode, inside: { items } },
    projected: { ...mode, inside: { sources } },
    hostPath: { defaults: { type: '' }, inside: {} },
    iscsi: { defaults: { iscsiInterface: 'default' }, inside: {} },
    rbd: { defaults: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }, inside: {} },
    azureDisk: {
      defaults: { cachingMode: 'ReadWrite', fsType: 'ext4', kind: 'Shared', readOnly: false },
      inside: {},
    },
    scaleIO: { defaults: { fsType: 'xfs', storageMode: 'ThinProvisioned' }, inside: {} },
    ephemeral: {
      defaults: {},
      inside: { volumeClaimTemplate: { defaults: {}, inside: { spec: claim } } },
    },
  },
}
const pod: Rules = {
  defaults: {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  },
  inside: {
    containers: container,
    initContainers: container,
    ephemeralContainers: container,
    volumes: volume,
  },
}

/**
 * Nor does what was put into the ReplicaSet's template beside the user's own: the hash label, an anti-affinity rule, metadata for now. `undo`
 * writes those back, too.
 */
export function isMadeOf(stored: Stored, asked: JsonObject): boolean {
  const wanted = identity(asked)
  const readings = new Set([undressed(stored), stored.template])
  return [...readings].some((template) => identity(withoutHash(template)) === wanted)
}

/** The hash of a template without anything that the API server would have filled in by itself. */
function identity(template: JsonObject): string {
  const spec = without(objectAt(withoutRule(template), 'spec'), pod)
  return podTemplateHash({ ...template, spec: isObject(spec) ? withoutDerived(spec) : spec })
}

/** Without the label that names its revision. */
export function withoutHash(template: JsonObject): JsonObject {
  const metadata = objectAt(template, 'metadata')
  const labels = Object.entries(objectAt(metadata, 'labels')).filter(([key]) => key !== hashLabel)
  return { ...template, metadata: { ...metadata, labels: Object.fromEntries(labels) } }
}

function without(value: Json | undefined, rules: Rules): Json | undefined {
  if (Array.isArray(value)) return value.map((each: Json) => without(each, rules) ?? null)
  if (!isObject(value)) return value
  const kept = Object.entries(value).map(
    ([key, inner]) => [key, inside(key, inner, rules)] as const,
  )
  return Object.fromEntries(
    kept.filter(([key, inner]) => !sameJson(inner, rules.defaults[key] ?? null)),
  )
}

function inside(key: string, value: Json | undefined, rules: Rules): Json | undefined {
  const further = Object.hasOwn(rules.inside, key) ? rules.inside[key] : undefined
  return further === undefined ? value : without(value, further)
}

/** Defaults that follow from other fields: the pull policy from the image's tag, the old name of the account from the new one. */
function withoutDerived(spec: JsonObject): JsonObject {
  const { serviceAccount, ...rest } = spec
  const kept = serviceAccount === spec['serviceAccountName'] ? rest : spec
  const lists = ['containers', 'initContainers', 'ephemeralContainers'].filter((key) =>
    Array.isArray(spec[key]),
  )
  const pulled = lists.map((key) => [key, withoutPullPolicy(spec[key])])
  return { ...kept, ...Object.fromEntries(pulled) }
}

function withoutPullPolicy(containers: Json | undefined): Json {
  if (!Array.isArray(containers)) return containers ?? null
  return containers.map((each: Json) => {
    if (!isObject(each)) return each
    const { imagePullPolicy, ...rest } = each
    return imagePullPolicy === usualPullPolicy(each['image']) ? rest : each
  })
}

function usualPullPolicy(image: Json | undefined): string {
  const name = typeof image === 'string' ? image : ''
  if (name.includes('@')) return 'IfNotPresent'
  const tag = /:([^/:]+)$/.exec(name)?.[1]
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent'
}
