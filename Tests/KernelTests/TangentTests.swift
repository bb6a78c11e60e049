import CSystem
import Kernels
import Testing

@Suite("advanceTangents and backwardStep")
struct TangentTests {
  @Test("tangents follow the linearised neuron", arguments: [1, 2, 7], [16, 1008, 1040, 4112])
  func advance(directions: Int, count: Int) {
    var g = TestGenerator(seed: 5)
    let leak: Float = 0.85
    let psi = Memory<Float>(count, &g)
    let rho = Memory<Float>(count, &g)
    let current = Memory<Float>(directions * count, &g)
    let membrane0 = Memory<Float>(directions * count, &g).values
    let sum0 = Memory<Float>(directions * count, &g).values
    let du = (0..<directions * count).map { Double(leak) * Double(membrane0[$0]) + Double(current[$0]) }
    let spike = (0..<du.count).map { Double(psi[$0 % count]) * du[$0] }
    let membrane = (0..<du.count).map { Double(rho[$0 % count]) * du[$0] }
    let sum = (0..<du.count).map { Double(sum0[$0]) + spike[$0] }
    for table in tables() {
      let outputs = [Memory<Float>(membrane0), Memory<Float>(du.count), Memory<Float>(sum0)]
      var a = rfgk_tangent()
      a.directions = Int32(directions)
      a.count = Int64(count)
      a.leak = leak
      a.psi = UnsafePointer(psi.pointer)
      a.rho = UnsafePointer(rho.pointer)
      a.current = UnsafePointer(current.pointer)
      a.membrane = outputs[0].pointer
      a.spike = outputs[1].pointer
      a.spike_sum = outputs[2].pointer
      table.advanceTangents(&a)
      for (output, expected) in zip(outputs, [membrane, spike, sum]) {
        #expect(deviation(output.values, expected) < 1e-6, "\(table.instructionSet)")
        #expect(output.guardsSurvive)
      }
      let again = [Memory<Float>(membrane0), Memory<Float>(du.count)]
      a.membrane = again[0].pointer
      a.spike = again[1].pointer
      a.spike_sum = nil
      table.advanceTangents(&a)
      #expect(again[0].values == outputs[0].values, "the sum is optional")
      #expect(again[1].values == outputs[1].values)
    }
  }

  @Test("a step backwards is the transpose of the linearised neuron")
  func backward() {
    var g = TestGenerator(seed: 6)
    let count = 144
    let leak: Float = 0.85
    let inputs = (0..<3).map { _ in Memory<Float>(count, &g) }
    let carry0 = Memory<Float>(count, &g).values
    for table in tables() {
      let carry = Memory<Float>(carry0)
      let current = Memory<Float>(count)
      var a = rfgk_backward()
      a.count = Int64(count)
      a.leak = leak
      a.spike_gradient = UnsafePointer(inputs[0].pointer)
      a.psi = UnsafePointer(inputs[1].pointer)
      a.rho = UnsafePointer(inputs[2].pointer)
      a.carry = carry.pointer
      a.current_gradient = current.pointer
      table.backwardStep(&a)
      let expected = (0..<count).map {
        Double(inputs[1][$0]) * Double(inputs[0][$0]) + Double(inputs[2][$0]) * Double(carry0[$0])
      }
      #expect(deviation(current.values, expected) < 1e-6, "\(table.instructionSet)")
      #expect(deviation(carry.values, expected.map { Double(leak) * $0 }) < 1e-6)
      #expect(carry.guardsSurvive && current.guardsSurvive)
    }
  }
}
