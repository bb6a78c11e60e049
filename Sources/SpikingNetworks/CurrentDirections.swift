import Directions
import Kernels

/// Directions in the space of input currents: a current into every neuron, constant or another one at every time step,
/// drawn anew for each sample.
///
/// They are never stored: the directions of a sample at time t are drawn, one after the other, from the numbers that the
/// draw and the sample name, behind those of the time steps before (t = 0 if they are constant), of which 2^34 differ.
package struct CurrentDirections: Sendable {
  package enum Law: Sendable {
    case random(DirectionLaw)
    /// Direction k is the axis of neuron k: all of them together give the gradient by the currents without noise.
    case basis
  }

  let source: DirectionSource
  let law: Law
  package var draw: Int
  /// Whether every time step has a current of its own.
  let everyStep: Bool

  package init(seed: UInt64, law: Law, of stack: Stack, draw: Int = 0, everyStep: Bool = false) {
    source = DirectionSource(seed: seed, purpose: .currents, part: UInt8(truncatingIfNeeded: stack.index))
    self.law = law
    self.draw = draw
    self.everyStep = everyStep
  }

  /// Draws all directions of one sample, [directions][neurons] with the layers one after the other.
  package func draw(
    sample: Int, time: Int = 0, directions: Int, neurons: Int, into out: UnsafeMutablePointer<Float>,
    kernels: KernelTable
  ) {
    switch law {
    case .random(let law):
      source.fill(
        law, step: draw, lane: sample, first: time * directions * neurons, count: neurons, directions: directions,
        into: out, kernels: kernels)
    case .basis:
      out.update(repeating: 0, count: directions * neurons)
      for direction in 0..<min(directions, neurons) { out[direction * neurons + direction] = 1 }
    }
  }

  /// Copies one layer's part of what was drawn for a tile of samples, [samples][directions][neurons], to
  /// [directions that perturb the layer][samples][width]; the padding is zero.
  static func layOut(
    _ drawn: UnsafePointer<Float>, _ stack: Stack, layer index: Int, _ layout: PerturbationLayout, samples: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    let layer = stack.layers[index]
    var row = out
    for direction in layout.layers[index].perturbed {
      for sample in 0..<samples {
        row.update(
          from: drawn + (sample * layout.directions + direction) * stack.neurons + layer.neuronOffset,
          count: layer.neurons)
        (row + layer.neurons).update(repeating: 0, count: layer.width - layer.neurons)
        row += layer.width
      }
    }
  }
}
