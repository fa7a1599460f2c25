OPENQASM 3.0;
// Teleportation: A state teleported over 2 Bell pairs with feed-forward; register out reads 0.
include "stdgates.inc";
bit[4] bell;
bit[1] out;
qubit[5] q;
ry(0.7) q[0];
rz(1.9) q[0];
h q[1];
cx q[1], q[2];
cx q[0], q[1];
h q[0];
bell[0] = measure q[0];
bell[1] = measure q[1];
if (bell[1]) {
  x q[2];
}
if (bell[0]) {
  z q[2];
}
h q[3];
cx q[3], q[4];
cx q[2], q[3];
h q[2];
bell[2] = measure q[2];
bell[3] = measure q[3];
if (bell[3]) {
  x q[4];
}
if (bell[2]) {
  z q[4];
}
rz(-1.9) q[4];
ry(-0.7) q[4];
out[0] = measure q[4];
