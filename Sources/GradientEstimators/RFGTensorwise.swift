import Directions
import Runtime
import SpikingNetworks

extension WeightPerturbation {
  /// RFG with tensor-wise perturbation: K directions for the weights of each layer and K for its biases, the readout's
  /// too, with zeros elsewhere.
  ///
  ///     g_W = (1/K) sum_k <grad_W L, v_Wk> v_Wk,    g_b likewise
  ///
  /// Unbiased; mean squared error the sum over tensors of (n_t + 1) |grad_t L|^2 / K for Gaussian directions, n_t - 1
  /// for +-1. Biases, which are few, get a nearly exact part: layer-wise perturbation gives them the noise of the
  /// weights. Cost: a pass with 2 K tangents for each layer, half of which need no product with the layer's inputs.
  package static func tensorwise(
    _ network: Network, _ plan: DirectionPlan, tangent: TangentKind, seed: UInt64, account: MemoryAccount
  ) throws(Failure) -> WeightPerturbation {
    try WeightPerturbation(network, .tensorwise, plan, tangent: tangent, seed: seed, account: account) { stack in
      PerturbationLayout(perTensor: plan.directions, of: stack)
    }
  }
}
