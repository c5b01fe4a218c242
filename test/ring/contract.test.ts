import { ringContract } from './contract/contract.js'
import { BUILDS } from './support/builds.js'

for (const build of BUILDS) ringContract(build)
