import Foundation
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

/// The surrogate psi is the derivative of a smooth spike that rises from 0 to 1 around the threshold.
@Suite("surrogate derivatives")
struct SurrogateTests {
  /// The smooth spike of each shape, in closed form: the integral of psi, with p = psi(0).
  private func smoothSpike(_ shape: Surrogate.Shape, _ p: Double, _ x: Double) -> Double {
    switch shape {
    case .gaussian: 0.5 * erfc(-x * p * Double.pi.squareRoot())
    case .fastSigmoid: 0.5 + p * x / (1 + 2 * p * abs(x))
    case .arctangent: 0.5 + atan(Double.pi * p * x) / Double.pi
    case .sigmoid: 1 / (1 + exp(-4 * p * x))
    case .triangle:
      x < 0 ? max(0, 1 + p * x) * max(0, 1 + p * x) / 2 : 1 - max(0, 1 - p * x) * max(0, 1 - p * x) / 2
    case .boxcar: min(max(0.5 + p * x, 0), 1)
    }
  }

  /// psi(x) as the network has it: of one neuron whose potential is 1 + x, in one time step, the sensitivity to its
  /// current.
  private func psi(_ surrogate: Surrogate, _ x: [Double]) throws -> [Double] {
    let network = try Network(specification(1, [1], 1, steps: 1, ternary: false) { $0.surrogate = surrogate })
    try [Float(1), 0, 1, 0].withUnsafeBufferPointer { try network.setParameters($0.baseAddress!) }
    var riders = Riders()
    riders.traces = true
    riders.sensitivities = true
    let pass = try ForwardPass(
      network.stacks[0], riders: riders, kernels: network.kernels, pool: network.pool, account: network.account,
      stopFlag: network.stopFlag)
    pass.parameters.pack(network.parameters.base)
    let inputs = HostMatrix(x.map { [1 + $0] })
    try pass.run(InputBatch(inputs.array, scaling: network.inputScalings[0], first: 0, samples: x.count), steps: 1)
    let width = network.stacks[0].layers[0].width
    return x.indices.map { Double(pass.traces!.sensitivities[0][$0 * width]) }
  }

  static let cases = Surrogate.Shape.allCases.flatMap { shape in
    [Float(0.25), 0.5, 1.25].map { Surrogate(shape: shape, width: $0) }
  }

  @Test("psi is the finite difference of its smooth spike", arguments: cases)
  func derivative(_ surrogate: Surrogate) throws {
    let p = 1 / (Double(surrogate.width) * (2 * Double.pi).squareRoot())
    let h = 1e-5
    // 1 + x is exact in single precision.
    let points = (-512...512).map { Double($0) / 128 }.filter { x in
      // Not where the smooth spike has a corner or its slope has one.
      x != 0 && abs(abs(x) - (surrogate.shape == .boxcar ? 0.5 : 1) / p) > 2 * h
    }
    let values = try psi(surrogate, points)
    for (x, value) in zip(points, values) {
      let difference =
        (smoothSpike(surrogate.shape, p, x + h) - smoothSpike(surrogate.shape, p, x - h)) / (2 * h)
      #expect(abs(value - difference) < 2e-5 * p, "at \(x)")
    }
  }

  @Test("psi has area 1 and peaks at 1 / (width sqrt(2 pi)), whatever the shape", arguments: cases)
  func areaAndPeak(_ surrogate: Surrogate) throws {
    let p = 1 / (Double(surrogate.width) * (2 * Double.pi).squareRoot())
    #expect(abs(Double(surrogate.peak) - p) < 1e-6 * p)
    // Midpoints of a grid that is exact in single precision next to 1.
    let cell = 1.0 / 1024
    let points = (-16384..<16384).map { (Double($0) + 0.5) * cell }
    let values = try psi(surrogate, points)
    #expect(values.allSatisfy { $0 >= 0 && $0 <= p * (1 + 1e-6) })
    #expect(abs(try psi(surrogate, [0])[0] - p) < 1e-6 * p)
    let inside = values.reduce(0, +) * cell
    let tails = smoothSpike(surrogate.shape, p, -16) + 1 - smoothSpike(surrogate.shape, p, 16)
    // The boxcar's edges lie anywhere in a cell.
    #expect(abs(inside + tails - 1) < (surrogate.shape == .boxcar ? 2 * cell * p : 1e-4))
  }

  @Test(
    "a width that lets tangents run away is refused: |du/du~| of a spike must not exceed 1",
    arguments: Surrogate.Shape.allCases, [Reset.soft, .hard])
  func refused(_ shape: Surrogate.Shape, _ reset: Reset) throws {
    for threshold in [Float(1), 4] {
      let smallest = Surrogate.smallestWidth(shape, threshold: threshold, reset: reset)
      let make = { (width: Float) in
        try Network(
          specification(1, [2], 1) {
            $0.neuron.threshold = threshold
            $0.neuron.reset = reset
            $0.surrogate = Surrogate(shape: shape, width: width)
          })
      }
      let network = try make(smallest * 1.0001)
      let surrogate = network.stacks[0].surrogate
      let potentials = (0...20_000).map { Double(threshold) * (1 + Double($0) / 5000) }
      let slopes = zip(potentials, try psi(surrogate, potentials.map { $0 - Double(threshold) })).map {
        reset == .soft ? abs(1 - Double(threshold) * Double($1)) : $0 * Double($1)
      }
      #expect(abs(slopes.max()! - 1) < 5e-3)
      let failure = #expect(throws: Failure.self) { try make(smallest * 0.99) }
      #expect(failure?.kind == .outOfRange)
      #expect(failure?.message.contains("surrogate_width") == true)
    }
  }
}
