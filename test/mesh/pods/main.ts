/**
 * The kubelet of the mesh tests: every pod is a small web server on an address of its own, with the series that its sidecar would report.
 *
 *   node test/mesh/pods/main.ts KUBECONFIG APP_PORT SCRAPE_PORT DISCOVERY_PORT
 *
 * A pod becomes Ready only once its server listens, and its server ends the moment the pod is deleted: no grace hides a request that
 * still comes. Prometheus finds the pods at http://127.0.0.1:DISCOVERY_PORT/sd.
 */
import { createServer } from 'node:http'
import { connect } from '../../../src/adapters/kubernetes/connect.ts'
import { createLog } from '../../../src/adapters/log/pino.ts'
import { Kubelet } from './kubelet.ts'

const [kubeconfig = '', ...ports] = process.argv.slice(2)
const [app = 0, scrape = 0, discovery = 0] = ports.map(Number)
const log = createLog('info')
const cluster = connect({ kubeconfig, log })
const kubelet = new Kubelet({ cluster, log, ports: { app, scrape } })

createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(kubelet.targets()))
}).listen(discovery, '127.0.0.1')
cluster.watch('Pod', (change) => kubelet.hear(change))
