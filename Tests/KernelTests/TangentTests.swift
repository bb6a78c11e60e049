import CSystem
import Kernels
import Testing

@Suite("advanceTangents and backwardStep")
struct TangentTests {
  @Test("tangents follow the linearised neuron", arguments: [1, 2, 7], [16, 1008, 1040, 4112])
  func advance(directions: Int, count: Int) {
    check(Layer(directions: directions, steps: 1, count: count, gap: 0, constant: 0..<0, current: directions))
  }

  @Test(
    "through several time steps, with constant currents, varying ones, both and none",
    arguments: [(2, 0..<3, 0), (2, 0..<0, 3), (5, 0..<3, 3), (16, 1..<3, 1), (100, 1..<2, 0)])
  func severalSteps(steps: Int, constant: Range<Int>, current: Int) {
    check(Layer(directions: 3, steps: steps, count: 48, gap: 32, constant: constant, current: current))
  }

  private struct Layer {
    let directions, steps, count: Int
    /// Elements between the time steps, which nobody may touch.
    let gap: Int
    let constant: Range<Int>
    let current: Int
    let leak: Float = 0.85

    var step: Int { count + gap }
    var direction: Int { steps * step - gap }
  }

  private func check(_ layer: Layer) {
    var g = TestGenerator(seed: 5)
    let psi = Memory<Float>(layer.direction, &g)
    let rho = Memory<Float>(layer.direction, &g)
    let constant = Memory<Float>(max(layer.constant.count * layer.count, 1), &g)
    let current = Memory<Float>(max(layer.current * layer.direction, 1), &g)
    let membrane0 = Memory<Float>(layer.directions * layer.count, &g).values
    let sum0 = Memory<Float>(layer.directions * layer.count, &g).values
    let untouched = Memory<Float>(layer.directions * layer.direction, &g).values
    var membrane = membrane0.map(Double.init)
    var sum = sum0.map(Double.init)
    var spike = untouched.map(Double.init)
    for direction in 0..<layer.directions {
      for (step, i) in (0..<layer.steps).flatMap({ step in (0..<layer.count).map { (step, $0) } }) {
        let place = step * layer.step + i
        var du = Double(layer.leak) * membrane[direction * layer.count + i]
        if layer.constant.contains(direction) {
          du += Double(constant[(direction - layer.constant.lowerBound) * layer.count + i])
        }
        if direction < layer.current { du += Double(current[direction * layer.direction + place]) }
        spike[direction * layer.direction + place] = Double(psi[place]) * du
        sum[direction * layer.count + i] += Double(psi[place]) * du
        membrane[direction * layer.count + i] = Double(rho[place]) * du
      }
    }
    let kept = Memory<Float>(layer.steps, &g)
    var weighed = sum0.map(Double.init)
    for direction in 0..<layer.directions {
      for (step, i) in (0..<layer.steps).flatMap({ step in (0..<layer.count).map { (step, $0) } }) {
        let ds = spike[direction * layer.direction + step * layer.step + i]
        weighed[direction * layer.count + i] = Double(kept[step]) * weighed[direction * layer.count + i] + ds
      }
    }
    for table in tables() {
      let outputs = [Memory<Float>(membrane0), Memory<Float>(untouched), Memory<Float>(sum0)]
      var a = rfgk_tangent()
      a.directions = Int32(layer.directions)
      a.steps = Int32(layer.steps)
      a.constant_first = Int32(layer.constant.lowerBound)
      a.constant_last = Int32(layer.constant.upperBound)
      a.current_last = Int32(layer.current)
      a.count = Int64(layer.count)
      a.step = Int64(layer.step)
      a.direction = Int64(layer.direction)
      a.leak = layer.leak
      a.psi = UnsafePointer(psi.pointer)
      a.rho = UnsafePointer(rho.pointer)
      a.constant = UnsafePointer(constant.pointer)
      a.current = UnsafePointer(current.pointer)
      a.membrane = outputs[0].pointer
      a.spike = outputs[1].pointer
      a.spike_sum = outputs[2].pointer
      table.advanceTangents(&a)
      for (output, expected) in zip(outputs, [membrane, spike, sum]) {
        #expect(deviation(output.values, expected) < 1e-5, "\(table.instructionSet)")
        #expect(output.guardsSurvive)
      }
      let again = [Memory<Float>(membrane0), Memory<Float>(untouched)]
      a.membrane = again[0].pointer
      a.spike = again[1].pointer
      a.spike_sum = nil
      table.advanceTangents(&a)
      #expect(again[0].values == outputs[0].values, "the sum is optional")
      #expect(again[1].values == outputs[1].values)
      let weighedSum = Memory<Float>(sum0)
      a.spike_sum = weighedSum.pointer
      a.kept = UnsafePointer(kept.pointer)
      let memory = Memory<Float>(membrane0)
      a.membrane = memory.pointer
      table.advanceTangents(&a)
      #expect(deviation(weighedSum.values, weighed) < 1e-5, "\(table.instructionSet)")
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
