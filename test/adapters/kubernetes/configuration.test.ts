import { expect, test } from 'vitest'
import { connect } from '../../../src/adapters/kubernetes/connect.ts'
import { PortError } from '../../../src/ports.ts'
import { connectTo, kubeconfigFile, kubeconfigFor } from './api-server.ts'

test.for([
  { it: 'a file that is missing', text: undefined, saying: /^kubeconfig: ENOENT/ },
  {
    it: 'YAML that is broken, without showing it',
    text: 'users: [{token: "geheim\n',
    saying: /^kubeconfig: (?!.*geheim)/,
  },
  {
    it: 'plain HTTP that is not asked for',
    text: kubeconfigFor('http://127.0.0.1:1').replace('insecure-skip-tls-verify: true', ''),
    saying: /^kubeconfig: 127.0.0.1:1 is plain HTTP; set insecure-skip-tls-verify: true/,
  },
  {
    it: 'a file without a current context',
    text: kubeconfigFor('https://127.0.0.1:1').replace('current-context: main', ''),
    saying: 'kubeconfig: it names no current context; give --context or set current-context',
  },
])('refuses $it', ({ text, saying }) => {
  const kubeconfig = text === undefined ? 'nowhere/config' : kubeconfigFile(text)
  expect(() => connect({ kubeconfig })).toThrow(saying)
})

test('refuses a context that does not exist and names those that do', () => {
  expect(() => connectTo('https://127.0.0.1:1', { context: 'other' })).toThrow(
    new PortError('invalid', 'kubeconfig: it has no context other; there are: main'),
  )
})
