import Runtime
import SpikingNetworks

/// Inputs and as many targets. An object, because both are large as values, and what trains passes them on and on:
/// threads of hosts may have small stacks.
package final class DataSet {
  package let inputs: NetworkData
  package let targets: HostArray

  package init(_ inputs: NetworkData, targets: HostArray) {
    self.inputs = inputs
    self.targets = targets
  }
}
