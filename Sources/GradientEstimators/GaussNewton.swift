import Runtime
import SpikingNetworks

/// Damped least squares on the output tangents of K directions: the step of Gauss and Newton, in their span.
///
/// With the outputs' tangents J v_k, the loss's second derivative H by the outputs and d_k = <grad L, v_k>,
///
///     c = (G + lambda mean(G_kk) I)^-1 d,    G_kl = (J v_k)^T H (J v_l),    estimate = sum_k c_k v_k
///
/// is, of all combinations of the directions, the one whose subtraction takes the linearised loss to its least, damped
/// as Levenberg (1944) has it. All directions are solved for together, those of different layers too. It is a step,
/// not a gradient: at a learning rate of 1 it is taken whole.
///
/// Cost beside the pass: K^2 / 2 times samples and outputs, and K^3 / 6.
final class GaussNewton {
  private let damping: Double
  private let count: Int
  private let gram: GramMatrix
  private let account: MemoryAccount
  /// [directions][samples][features]: H^(1/2) J v_k.
  private var tangents: Buffer<Float>?

  /// - Parameter count: directions of all blocks of parameters together.
  init(_ pass: ForwardPass, directions count: Int, damping: Double, account: MemoryAccount) throws(Failure) {
    self.damping = damping
    self.count = count
    self.account = account
    gram = try GramMatrix(count, kernels: pass.kernels, account: account, stopFlag: pass.stopFlag)
  }

  /// Replaces the derivatives d by the coefficients c.
  func solve(_ scalars: inout [Double], _ pass: ForwardPass, _ loss: any OutputLoss) throws(Failure) {
    guard let traces = pass.traces else { return }
    let features = pass.stack.features
    let rows = pass.samples * features
    let tangents = try reserve(rows)
    for field in 0..<features {
      guard let root = loss.rootCurvature(field: field) else {
        throw Failure(
          .unsupported,
          "aggregation: gauss_newton needs the loss's second derivative, which only built-in losses tell; use a "
            + "built-in loss, or another aggregation")
      }
      for place in stride(from: field, to: count * rows, by: features) {
        tangents[place] = Float(root) * traces.featureTangents[place]
      }
    }
    try gram.take(UnsafePointer(tangents), components: rows)
    gram.damp(damping)
    _ = try gram.solve(&scalars)
  }

  private func reserve(_ rows: Int) throws(Failure) -> UnsafeMutablePointer<Float> {
    if let tangents, tangents.count >= count * rows { return tangents.base }
    tangents = nil
    let purpose = "the output tangents of \(count) directions"
    let made = try Buffer<Float>(try checkedProduct(count, rows, for: purpose), for: purpose, account: account)
    tangents = made
    return made.base
  }
}
