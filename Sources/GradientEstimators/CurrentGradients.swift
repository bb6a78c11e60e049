import Runtime
import SpikingNetworks

/// The loss's gradient by a constant current into every spiking neuron of a stack, and the weight gradients that
/// follow from it.
///
///     dL/dW_l = sum over samples of  trace_{l-1} (dL/dI_l)^T,    dL/db_l = sum over samples of  dL/dI_l
///
/// A three-factor rule: presynaptic trace, the neuron's own sensitivity, and credit, of which the last two make
/// dL/dI_l. The linear readout's gradient is local and exact.
final class CurrentGradients {
  private let pass: ForwardPass
  private let traceGradient: TraceGradient
  /// Per layer [samples][width]; the padding is zero.
  private(set) var layers: [UnsafeMutablePointer<Float>] = []
  private var memory: [Buffer<Float>] = []
  private var paddedFeatures: Buffer<Float>?
  private var capacity = 0
  /// Pieces of work that write the gradient.
  private(set) var pieces = 0
  private(set) var work = Work(nanoseconds: 0)

  init(_ pass: ForwardPass) throws(Failure) {
    self.pass = pass
    traceGradient = try TraceGradient(pass)
  }

  /// Makes room for the samples of the pass; what the layers held is lost if they grow.
  func reserve() throws(Failure) {
    let samples = pass.samples
    if samples <= capacity { return }
    let stack = pass.stack
    let purpose = "the gradients by the currents of \(samples) samples"
    capacity = 0
    memory = []
    layers = []
    for layer in stack.layers {
      memory.append(
        try Buffer(try checkedProduct(samples, layer.width, for: purpose), for: purpose, account: pass.account))
      layers.append(memory[memory.count - 1].base)
    }
    if stack.readout != nil {
      paddedFeatures = try Buffer(
        try checkedProduct(samples, stack.featureWidth, for: purpose), for: purpose, account: pass.account)
    }
    capacity = samples
  }

  /// Gets ready to write the gradient.
  ///
  /// - Parameter e: the loss's derivative by the stack's features, [samples][features].
  func prepare(_ e: UnsafePointer<Float>) {
    if let paddedFeatures {
      packRows(e, pass.samples, pass.stack.features, paddedFeatures.base, pass.stack.featureWidth)
    }
    pieces = 0
    work = Work(nanoseconds: 0)
    forEachProduct { product in
      pieces += product.pieces
      work = work + product.work
      return true
    }
  }

  /// Writes one of the pieces of the stack's part of the gradient, which may be done in any order.
  func write(_ piece: Int, _ worker: Int, into gradient: UnsafeMutablePointer<Float>) {
    var piece = piece
    forEachProduct { product in
      if piece < product.pieces {
        traceGradient.write(piece, of: product, worker, into: gradient)
        return false
      }
      piece -= product.pieces
      return true
    }
  }

  /// Calls `body` with each layer's product, the readout's at last, while it returns true.
  private func forEachProduct(_ body: (TraceGradient.Product) -> Bool) {
    guard let traces = pass.traces else { return }
    let stack = pass.stack
    for (index, layer) in stack.layers.enumerated() {
      let product = TraceGradient.Product(
        inputs: layer.inputs, neurons: layer.neurons, width: layer.width, samples: pass.samples,
        trace: UnsafePointer(index == 0 ? traces.inputs : traces.rates[index - 1]),
        stride: index == 0 ? stack.inputs : stack.layers[index - 1].width, current: UnsafePointer(layers[index]),
        weightOffset: layer.weightOffset, biasOffset: layer.biasOffset)
      if !body(product) { return }
    }
    guard let readout = stack.readout, let paddedFeatures else { return }
    _ = body(
      traceGradient.product(
        readout, samples: pass.samples, rates: UnsafePointer(traces.rates[stack.layers.count - 1]),
        outputGradient: UnsafePointer(paddedFeatures.base)))
  }
}
