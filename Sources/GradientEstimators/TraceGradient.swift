import Kernels
import Runtime
import SpikingNetworks

/// Weight gradients from what meets at a synapse: the presynaptic trace and the gradient by the postsynaptic current.
///
///     dL/dW_l = sum over samples of  trace_{l-1} (dL/dI_l)^T,    dL/db_l = sum over samples of  dL/dI_l
///
/// Products run over fixed blocks of rows, each summed over the samples in their order, so that the bits do not depend
/// on the number of threads.
final class TraceGradient {
  private let stack: Stack
  private let kernels: KernelTable
  private let pool: ThreadPool
  private let scratch: Buffer<Float>
  private let one: Buffer<Float>

  init(_ pass: ForwardPass) throws(Failure) {
    stack = pass.stack
    kernels = pass.kernels
    pool = pass.pool
    let account = pass.account
    var largest = stack.lastLayer.neurons * stack.featureWidth
    for layer in stack.layers { largest = max(largest, layer.inputs * layer.width) }
    scratch = try Buffer(largest, for: "weight gradients", account: account)
    one = try Buffer(1, for: "weight gradients", account: account)
    one.base[0] = 1
  }

  /// Writes one layer's part of the gradient.
  ///
  /// - Parameters:
  ///   - trace: presynaptic means [samples][stride], of which `inputs` columns count.
  ///   - current: dL/dI [samples][width], padded.
  func write(
    inputs: Int, neurons: Int, width: Int, samples: Int, trace: UnsafePointer<Float>, stride: Int,
    current: UnsafePointer<Float>, weightOffset: Int, biasOffset: Int, into gradient: UnsafeMutablePointer<Float>
  ) {
    let block = 16
    let scratch = scratch.base
    pool.forEach((inputs + block - 1) / block) { index, _ in
      let first = index * block
      kernels.product(
        trace + first, rows: min(block, inputs - first), columns: samples, rowStride: 1, columnStride: stride,
        by: current, width: width, into: scratch + first * width, accumulate: false)
    }
    unpackRows(UnsafePointer(scratch), inputs, width, gradient + weightOffset, neurons)
    writeBias(
      neurons: neurons, width: width, samples: samples, current: current, biasOffset: biasOffset, into: gradient)
  }

  /// Writes a layer's biases' part alone: the sum over the samples, as a product with a row of ones.
  func writeBias(
    neurons: Int, width: Int, samples: Int, current: UnsafePointer<Float>, biasOffset: Int,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    kernels.product(
      UnsafePointer(one.base), rows: 1, columns: samples, rowStride: 0, columnStride: 0, by: current, width: width,
      into: scratch.base, accumulate: false)
    (gradient + biasOffset).update(from: scratch.base, count: neurons)
  }

  /// The linear readout's gradient, which is local and exact: mean spike trains times the derivative by the outputs.
  func writeReadout(
    _ readout: LinearReadout, samples: Int, rates: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    padded: UnsafeMutablePointer<Float>, into gradient: UnsafeMutablePointer<Float>
  ) {
    packRows(outputGradient, samples, stack.features, padded, stack.featureWidth)
    write(
      inputs: stack.lastLayer.neurons, neurons: stack.features, width: stack.featureWidth, samples: samples,
      trace: rates, stride: stack.lastLayer.width, current: UnsafePointer(padded),
      weightOffset: readout.weightOffset, biasOffset: readout.biasOffset, into: gradient)
  }
}
