import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@Suite("networks and parameters that are refused")
struct RefusedNetworkTests {
  private func kind(_ body: () throws -> Void) -> Failure.Kind? {
    do { try body() } catch let failure as Failure { return failure.kind } catch {}
    return nil
  }

  @Test("sizes without a meaning")
  func sizes() {
    #expect(kind { _ = try Network(specification(0, [3], 1)) } == .outOfRange)
    #expect(kind { _ = try Network(specification(1, [3, 0], 1)) } == .outOfRange)
    #expect(kind { _ = try Network(specification(1, [3], -1)) } == .outOfRange)
    #expect(kind { _ = try Network(specification(1, [1 << 20, 1 << 20], 1)) } == .outOfRange)
    #expect(kind { _ = try Network(specification(1, [], 1)) } == .outOfRange, "nothing for a linear readout to read")
    #expect(kind { _ = try Network(specification(1, [], 1, readout: .spikingMean)) } == nil)
  }

  @Test("more memory than the limit, and nothing is kept of the attempt")
  func memoryLimit() throws {
    #expect(kind { _ = try Network(specification(64, [64], 1) { $0.memoryLimit = 1000 }) } == .outOfMemory)
    let network = try Network(specification(2, [64], 1) { $0.memoryLimit = 6000 })
    let held = network.account.held
    let data = Samples(600, inputs: 2, outputs: 1, seed: 1)
    #expect(kind { _ = try network.outputs(data.hostInputs) } == .outOfMemory)
    #expect(network.account.held < 6000)
    #expect(network.account.held >= held)
  }

  @Test("parameters that are not finite: the old ones stay")
  func notFinite() throws {
    let network = try Network(specification(1, [2], 1))
    let before = network.values
    for bad in [Float.nan, .infinity, -.infinity] {
      var values = before
      values[values.count - 1] = bad
      #expect(kind { try values.withUnsafeBufferPointer { try network.setParameters($0.baseAddress!) } } == .notFinite)
      #expect(network.values == before)
    }
  }

  @Test("parameters that the host spoiled through its view: every use of them says so")
  func spoiled() throws {
    let network = try Network(specification(1, [2], 1))
    let input = HostMatrix([[0.5]])
    let state = try NetworkState(network, samples: 1)
    network.parameters.base[3] = .nan
    #expect(kind { _ = try network.outputs(input) } == .notFinite)
    #expect(kind { _ = try network.firingRates(input.data) } == .notFinite)
    #expect(kind { try state.step(input.array, into: nil) } == .notFinite)
    #expect(kind { _ = try network.solveReadout(input.data, targets: input.array, lambda: 1) } == .notFinite)
  }
}
