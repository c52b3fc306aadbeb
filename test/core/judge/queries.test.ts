import { expect, test } from 'vitest'
import { queriesOf } from '../../../src/core/judge/queries.ts'
import { settings, trial } from './build.ts'

test('asks for raw counters by pod, never for rates', () => {
  expect(queriesOf(trial, settings)).toMatchInlineSnapshot(`
    {
      "buckets": "sum by (pod, le) (istio_request_duration_milliseconds_bucket{reporter="destination",namespace="shop",pod=~"reviews-(c1|s1)-[a-z0-9]+",response_code!~"0|5..",grpc_response_status!~"2|4|8|13|14|15"}) or on (pod) sum by (pod) (istio_request_duration_milliseconds{reporter="destination",namespace="shop",pod=~"reviews-(c1|s1)-[a-z0-9]+",response_code!~"0|5..",grpc_response_status!~"2|4|8|13|14|15"})",
      "diagnosis": "count by (reporter, pod) (istio_requests_total{destination_workload="reviews",destination_workload_namespace="shop"})",
      "proxies": "count by (pod, tag) (istio_build{component="proxy",namespace="shop",pod=~"reviews-(c1|s1)-[a-z0-9]+"})",
      "requests": "sum by (pod, response_code, grpc_response_status, response_flags) (istio_requests_total{reporter="destination",namespace="shop",pod=~"reviews-(c1|s1)-[a-z0-9]+"})",
      "source": "sum by (pod, destination_service_name, response_code, grpc_response_status, response_flags) (istio_requests_total{reporter="source",destination_service_name=~"reviews-canary|reviews-stable",destination_service_namespace=~"shop|unknown"})",
    }
  `)
})

test("a waypoint is asked by Service, since its pod is not the service's", () => {
  expect(queriesOf(trial, { ...settings, reporter: 'waypoint' }).requests).toMatchInlineSnapshot(
    `"sum by (pod, destination_service_name, response_code, grpc_response_status, response_flags) (istio_requests_total{reporter="waypoint",destination_service_name=~"reviews-canary|reviews-stable",destination_service_namespace=~"shop|unknown"})"`,
  )
})

test('names match only themselves', () => {
  const odd = { ...trial, rollout: 'a.b', namespace: 'x"y\\z' }
  expect(queriesOf(odd, settings).requests).toMatchInlineSnapshot(
    `"sum by (pod, response_code, grpc_response_status, response_flags) (istio_requests_total{reporter="destination",namespace="x\\"y\\\\z",pod=~"a\\\\.b-(c1|s1)-[a-z0-9]+"})"`,
  )
})
