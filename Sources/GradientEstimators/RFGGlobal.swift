import Directions
import Runtime
import SpikingNetworks

extension WeightPerturbation {
  /// RFG with global perturbation: every direction perturbs all parameters.
  ///
  ///     g = (1/K) sum_k <grad L, v_k> v_k,    E v v^T = I
  ///
  /// Unbiased for the gradient that its tangents define. Mean squared error (n + 1) |grad L|^2 / K for Gaussian,
  /// (n - 1) |grad L|^2 / K for +-1 directions of n parameters. (Wan, Zhang, Karniadakis, arXiv 2411.07057; Baydin et
  /// al., arXiv 2202.08587.) Cost: a pass with K tangents.
  package static func global(
    _ network: Network, _ plan: DirectionPlan, tangent: TangentKind, seed: UInt64, account: MemoryAccount
  ) throws(Failure) -> WeightPerturbation {
    try WeightPerturbation(network, .global, plan, tangent: tangent, seed: seed, account: account) { stack in
      PerturbationLayout(all: plan.directions, of: stack, includingReadout: true)
    }
  }
}
