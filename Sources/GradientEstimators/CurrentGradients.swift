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
  private var kept = BatchMemory<Memory>()
  /// Of the last batch that there was room for: per layer [samples][width]; the padding is zero.
  private(set) var layers: [UnsafeMutablePointer<Float>] = []
  /// What the gradient is made of besides: what the pass left, and the derivative by the features, padded.
  private var sources: (Traces, UnsafePointer<Float>)?
  /// Pieces of work that write the gradient.
  private(set) var pieces = 0
  private(set) var work = Work(nanoseconds: 0)

  private final class Memory {
    let layers: [Buffer<Float>]
    let places: [UnsafeMutablePointer<Float>]
    /// [samples][featureWidth]; nothing without a linear readout.
    let paddedFeatures: Buffer<Float>

    init(_ pass: ForwardPass) throws(Failure) {
      let (samples, stack) = (pass.samples, pass.stack)
      func purpose() -> Sentence { "the gradients by the currents of \(samples) samples" }
      func take(_ width: Int) throws(Failure) -> Buffer<Float> {
        try Buffer(try checkedProduct(samples, width, for: purpose()), for: purpose(), account: pass.account)
      }
      var layers: [Buffer<Float>] = []
      for layer in stack.layers { layers.append(try take(layer.width)) }
      self.layers = layers
      places = layers.map(\.base)
      paddedFeatures = try take(stack.readout == nil ? 0 : stack.featureWidth)
    }
  }

  init(_ pass: ForwardPass) throws(Failure) {
    self.pass = pass
    traceGradient = try TraceGradient(pass)
  }

  /// Makes room for the batch that the pass has run; what the layers held may be lost.
  func reserve() throws(Failure) {
    layers = try kept.take(pass.shape) { () throws(Failure) in try Memory(pass) }.places
  }

  /// Gets ready to write the gradient.
  ///
  /// - Parameter e: the loss's derivative by the stack's features, [samples][features].
  func prepare(_ e: UnsafePointer<Float>) throws(Failure) {
    guard let memory = kept.memory else { throw .contradiction("there is no room for gradients by the currents") }
    let traces = try pass.traces
    sources = (traces, UnsafePointer(memory.paddedFeatures.base))
    if pass.stack.readout != nil {
      packRows(e, pass.samples, pass.stack.features, memory.paddedFeatures.base, pass.stack.featureWidth)
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
    // Not before it is prepared: there are no pieces then.
    guard let (traces, paddedFeatures) = sources else { return }
    let stack = pass.stack
    for (index, layer) in stack.layers.enumerated() {
      let product = TraceGradient.Product(
        inputs: layer.inputs, neurons: layer.neurons, width: layer.width, samples: pass.samples,
        trace: UnsafePointer(index == 0 ? traces.inputs : traces.rates[index - 1]),
        stride: index == 0 ? stack.inputs : stack.layers[index - 1].width, current: UnsafePointer(layers[index]),
        weightOffset: layer.weightOffset, biasOffset: layer.biasOffset)
      if !body(product) { return }
    }
    guard let readout = stack.readout else { return }
    _ = body(
      traceGradient.product(
        readout, samples: pass.samples, rates: UnsafePointer(traces.rates[stack.layers.count - 1]),
        outputGradient: paddedFeatures))
  }
}
