package import CSystem

/// One time step of a leaky integrate-and-fire layer for a tile of samples.
///
/// Time is proportional to `padded` times (1 + presynaptic spikes) per sample. Equations: `rfgk_integrate`.
@inline(never)
package func integrateAndFire(_ a: UnsafePointer<rfgk_integrate>) {
  if a.pointee.in_words > 0 {
    integrate(a)
    fireFromPotential(a)
  } else {
    fireFromConstantCurrent(a)
  }
}

/// The membrane array already holds the potentials.
@inline(never)
func fireFromPotential(_ a: UnsafePointer<rfgk_integrate>) {
  fire(a.pointee) { membrane, _ in rfgv_load(membrane) }
}

/// The potentials are leak membrane + base.
@inline(never)
func fireFromConstantCurrent(_ a: UnsafePointer<rfgk_integrate>) {
  let leak = all(a.pointee.leak)
  fire(a.pointee) { membrane, base in multiplyAdd(leak, rfgv_load(membrane), rfgv_load(base)) }
}

/// membrane = leak membrane + base + sum of weight rows, for all samples.
@inline(never)
func integrate(_ a: UnsafePointer<rfgk_integrate>) {
  let a = a.pointee
  let padded = Int(a.padded)
  var panel = Panel(weights: a.weights, first: 0, width: min(panelWidth, padded))
  while panel.width > 0 {
    var column = 0
    #if RFGSNN_V4
      column = integrateBlocks(Twice<Twice<Twice<Floats>>>.self, a, panel, column)
      column = integrateBlocks(Twice<Twice<Floats>>.self, a, panel, column)
    #elseif RFGSNN_V3
      column = integrateBlocks(Twice<Twice<Floats>>.self, a, panel, column)
    #endif
    column = integrateBlocks(Twice<Floats>.self, a, panel, column)
    _ = integrateBlocks(Floats.self, a, panel, column)
    panel.first &+= panelWidth
    panel.weights += Int(a.panel_stride)
    panel.width = min(panelWidth, padded &- panel.first)
  }
}

private var panelWidth: Int { Int(RFGK_PANEL) }

/// Neighbouring columns of the weights, stored together.
private struct Panel {
  /// [presynaptic][width]
  var weights: UnsafePointer<Float>
  /// Of the whole layer.
  var first: Int
  var width: Int
}

/// Does all whole blocks of a panel from `column` on and returns the first column that is left.
///
/// Samples are inside of the words of spikes: 64 rows of a panel stay in the nearest cache for all samples of the tile.
@inline(__always)
private func integrateBlocks<Block: Columns>(
  _ type: Block.Type, _ a: rfgk_integrate, _ panel: Panel, _ column: Int
) -> Int where Block.Source == Float, Block.Scalar == Float {
  let leak = Block.factor(a.leak)
  let padded = Int(a.padded)
  let words = Int(a.in_words)
  var column = column
  while column &+ Block.width <= panel.width {
    var rows = panel.weights + column
    let place = panel.first &+ column
    var word = 0
    while word < words {
      var sample = 0
      while sample < Int(a.samples) {
        let membrane = a.membrane + (sample &* padded &+ place)
        var block = Block(from: membrane)
        if word == 0 {
          let before = block
          block = Block(from: a.base + (sample &* Int(a.base_stride) &+ place))
          block.addProduct(leak, before)
        }
        let spikes = sample &* words &+ word
        gather(
          &block, rows, panel.width, positive: a.in_positive[spikes],
          negative: a.in_negative == nil ? 0 : a.in_negative![spikes])
        block.store(to: membrane)
        sample &+= 1
      }
      rows += 64 &* panel.width
      word &+= 1
    }
    column &+= Block.width
  }
  return column
}

/// Compares with the threshold, resets, counts and writes the spike masks.
@inline(__always)
private func fire(
  _ a: rfgk_integrate,
  _ potential: (_ membrane: UnsafePointer<Float>, _ base: UnsafePointer<Float>) -> Float16x
) {
  let padded = Int(a.padded)
  let outWords = Int(a.out_words)
  let threshold = all(a.threshold)
  let minusThreshold = all(-a.threshold)
  let minusReset = all(a.no_reset != 0 ? 0 : -a.threshold)
  let zero = Float16x()
  let one = all(1)
  var sample = 0
  while sample < Int(a.samples) {
    let base = a.base + sample &* Int(a.base_stride)
    var word = 0
    while word < outWords {
      var positive: UInt64 = 0
      var negative: UInt64 = 0
      var shift: UInt64 = 0
      var column = 64 &* word
      while shift < 64 && column < padded {
        let place = sample &* padded &+ column
        let u = potential(a.membrane + place, base + column)
        if let out = a.potential { rfgv_store(out + place, u) }
        var spike = zero.replacing(with: one, where: u .>= threshold)
        positive |= UInt64(rfgv_mask_not_below(u, threshold)) &<< shift
        if a.ternary != 0 {
          spike.replace(with: zero - one, where: u .<= minusThreshold)
          negative |= UInt64(rfgv_mask_not_below(minusThreshold, u)) &<< shift
        }
        let reset =
          a.hard_reset != 0
          ? u.replacing(with: zero, where: spike .!= zero) : multiplyAdd(minusReset, spike, u)
        rfgv_store(a.membrane + place, reset)
        rfgv_store(a.count + place, rfgv_load(a.count + place) + spike)
        shift &+= 16
        column &+= 16
      }
      a.out_positive[sample &* outWords &+ word] = positive
      if let out = a.out_negative { out[sample &* outWords &+ word] = negative }
      word &+= 1
    }
    sample &+= 1
  }
}
