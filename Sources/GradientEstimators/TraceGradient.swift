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
  private let stopFlag: StopFlag
  /// Per thread: a block of padded rows.
  private var scratch: [Buffer<Float>] = []
  private let one: Buffer<Float>

  /// Rows of one piece of work.
  private static let block = 16

  init(_ pass: ForwardPass) throws(Failure) {
    stack = pass.stack
    kernels = pass.kernels
    pool = pass.pool
    stopFlag = pass.stopFlag
    let account = pass.account
    let widest = stack.layers.reduce(stack.featureWidth) { max($0, $1.width) }
    for _ in 0..<pool.threads {
      scratch.append(try Buffer(Self.block * widest, for: "weight gradients", account: account))
    }
    one = try Buffer(1, for: "weight gradients", account: account)
    one.base[0] = 1
  }

  /// What makes one layer's part of the gradient.
  struct Product {
    let inputs: Int
    let neurons: Int
    let width: Int
    let samples: Int
    /// Presynaptic means [samples][stride], of which `inputs` columns count.
    let trace: UnsafePointer<Float>
    let stride: Int
    /// dL/dI [samples][width], padded.
    let current: UnsafePointer<Float>
    let weightOffset: Int
    let biasOffset: Int

    /// Pieces of work, which may be done in any order: blocks of the weights' rows, and the biases.
    var pieces: Int { (inputs + TraceGradient.block - 1) / TraceGradient.block + 1 }
  }

  /// Writes one layer's part of the gradient.
  func write(_ product: Product, into gradient: UnsafeMutablePointer<Float>) throws(Failure) {
    try pool.forEach(product.pieces, unless: stopFlag) { piece, worker in
      write(piece, of: product, worker, into: gradient)
    }
  }

  /// Writes a piece of it, with a thread's scratch.
  func write(_ piece: Int, of product: Product, _ worker: Int, into gradient: UnsafeMutablePointer<Float>) {
    let first = piece * Self.block
    if first >= product.inputs {
      return writeBias(
        neurons: product.neurons, width: product.width, samples: product.samples, current: product.current,
        biasOffset: product.biasOffset, worker, into: gradient)
    }
    let rows = min(Self.block, product.inputs - first)
    let target = gradient + product.weightOffset + first * product.neurons
    let isPadded = product.neurons < product.width
    let block = isPadded ? scratch[worker].base : target
    kernels.product(
      product.trace + first, rows: rows, columns: product.samples, rowStride: 1, columnStride: product.stride,
      by: product.current, width: product.width, into: block, accumulate: false)
    if isPadded { unpackRows(UnsafePointer(block), rows, product.width, target, product.neurons) }
  }

  /// Writes a layer's biases' part alone: the sum over the samples, as a product with a row of ones.
  func writeBias(
    neurons: Int, width: Int, samples: Int, current: UnsafePointer<Float>, biasOffset: Int, _ worker: Int = 0,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    let row = scratch[worker].base
    kernels.product(
      UnsafePointer(one.base), rows: 1, columns: samples, rowStride: 0, columnStride: 0, by: current, width: width,
      into: row, accumulate: false)
    (gradient + biasOffset).update(from: row, count: neurons)
  }

  /// What makes the linear readout's gradient, which is local and exact: mean spike trains and the derivative by the
  /// outputs, [samples][featureWidth].
  func product(
    _ readout: LinearReadout, samples: Int, rates: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>
  ) -> Product {
    Product(
      inputs: stack.lastLayer.neurons, neurons: stack.features, width: stack.featureWidth, samples: samples,
      trace: rates, stride: stack.lastLayer.width, current: outputGradient, weightOffset: readout.weightOffset,
      biasOffset: readout.biasOffset)
  }
}
