import Kernels
import ReferenceNetworks
import SpikingNetworks
import Testing

@Suite("what results depend on, and what not")
struct DeterminismTests {
  private let data = Samples(37, inputs: 3, outputs: 2, seed: 1)

  private func network(_ seed: UInt64 = 2, threads: Int = 1, set: InstructionSet = .best) throws -> Network {
    let network = try Network(
      specification(3, [40, 24], 2, steps: 12, seed: seed) {
        $0.threads = threads
        $0.instructionSet = set
      })
    return network
  }

  @Test("the same seed gives the same parameters and outputs; another seed gives others")
  func seeds() throws {
    let first = try network()
    let again = try network()
    #expect(first.values == again.values)
    #expect(try first.outputs(data.hostInputs) == again.outputs(data.hostInputs))
    #expect(try network(3).values != first.values)
  }

  @Test("the number of threads changes no bit", arguments: [2, 3, 8])
  func threads(count: Int) throws {
    let one = try network()
    let many = try network(threads: count)
    // 1 tile, fewer tiles than threads, more tiles than threads.
    for samples in [5, 12, 37] {
      let inputs = data[0..<samples].hostInputs
      #expect(try many.outputs(inputs) == one.outputs(inputs))
      #expect(try many.firingRates(inputs.data) == one.firingRates(inputs.data))
    }
  }

  @Test("instruction sets agree to rounding")
  func instructionSets() throws {
    let baseline = try network(set: .baseline)
    try #require(baseline.reference.margin(data) > 1e-6, "no sample sits on a threshold")
    let expected = try baseline.outputs(data.hostInputs)
    for set in InstructionSet.supported {
      let other = try network(set: set)
      #expect(greatestError(other.values.map { Double($0) }, baseline.values.map { Double($0) }) < 1e-6)
      for (a, b) in zip(try other.outputs(data.hostInputs), expected) { #expect(greatestError(a, b) < 1e-5) }
    }
  }
}
