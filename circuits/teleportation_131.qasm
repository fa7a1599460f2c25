OPENQASM 3.0;
// Teleportation: A state teleported over 65 Bell pairs with feed-forward; register out reads 0.
include "stdgates.inc";
bit[130] bell;
bit[1] out;
qubit[131] q;
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
h q[5];
cx q[5], q[6];
cx q[4], q[5];
h q[4];
bell[4] = measure q[4];
bell[5] = measure q[5];
if (bell[5]) {
  x q[6];
}
if (bell[4]) {
  z q[6];
}
h q[7];
cx q[7], q[8];
cx q[6], q[7];
h q[6];
bell[6] = measure q[6];
bell[7] = measure q[7];
if (bell[7]) {
  x q[8];
}
if (bell[6]) {
  z q[8];
}
h q[9];
cx q[9], q[10];
cx q[8], q[9];
h q[8];
bell[8] = measure q[8];
bell[9] = measure q[9];
if (bell[9]) {
  x q[10];
}
if (bell[8]) {
  z q[10];
}
h q[11];
cx q[11], q[12];
cx q[10], q[11];
h q[10];
bell[10] = measure q[10];
bell[11] = measure q[11];
if (bell[11]) {
  x q[12];
}
if (bell[10]) {
  z q[12];
}
h q[13];
cx q[13], q[14];
cx q[12], q[13];
h q[12];
bell[12] = measure q[12];
bell[13] = measure q[13];
if (bell[13]) {
  x q[14];
}
if (bell[12]) {
  z q[14];
}
h q[15];
cx q[15], q[16];
cx q[14], q[15];
h q[14];
bell[14] = measure q[14];
bell[15] = measure q[15];
if (bell[15]) {
  x q[16];
}
if (bell[14]) {
  z q[16];
}
h q[17];
cx q[17], q[18];
cx q[16], q[17];
h q[16];
bell[16] = measure q[16];
bell[17] = measure q[17];
if (bell[17]) {
  x q[18];
}
if (bell[16]) {
  z q[18];
}
h q[19];
cx q[19], q[20];
cx q[18], q[19];
h q[18];
bell[18] = measure q[18];
bell[19] = measure q[19];
if (bell[19]) {
  x q[20];
}
if (bell[18]) {
  z q[20];
}
h q[21];
cx q[21], q[22];
cx q[20], q[21];
h q[20];
bell[20] = measure q[20];
bell[21] = measure q[21];
if (bell[21]) {
  x q[22];
}
if (bell[20]) {
  z q[22];
}
h q[23];
cx q[23], q[24];
cx q[22], q[23];
h q[22];
bell[22] = measure q[22];
bell[23] = measure q[23];
if (bell[23]) {
  x q[24];
}
if (bell[22]) {
  z q[24];
}
h q[25];
cx q[25], q[26];
cx q[24], q[25];
h q[24];
bell[24] = measure q[24];
bell[25] = measure q[25];
if (bell[25]) {
  x q[26];
}
if (bell[24]) {
  z q[26];
}
h q[27];
cx q[27], q[28];
cx q[26], q[27];
h q[26];
bell[26] = measure q[26];
bell[27] = measure q[27];
if (bell[27]) {
  x q[28];
}
if (bell[26]) {
  z q[28];
}
h q[29];
cx q[29], q[30];
cx q[28], q[29];
h q[28];
bell[28] = measure q[28];
bell[29] = measure q[29];
if (bell[29]) {
  x q[30];
}
if (bell[28]) {
  z q[30];
}
h q[31];
cx q[31], q[32];
cx q[30], q[31];
h q[30];
bell[30] = measure q[30];
bell[31] = measure q[31];
if (bell[31]) {
  x q[32];
}
if (bell[30]) {
  z q[32];
}
h q[33];
cx q[33], q[34];
cx q[32], q[33];
h q[32];
bell[32] = measure q[32];
bell[33] = measure q[33];
if (bell[33]) {
  x q[34];
}
if (bell[32]) {
  z q[34];
}
h q[35];
cx q[35], q[36];
cx q[34], q[35];
h q[34];
bell[34] = measure q[34];
bell[35] = measure q[35];
if (bell[35]) {
  x q[36];
}
if (bell[34]) {
  z q[36];
}
h q[37];
cx q[37], q[38];
cx q[36], q[37];
h q[36];
bell[36] = measure q[36];
bell[37] = measure q[37];
if (bell[37]) {
  x q[38];
}
if (bell[36]) {
  z q[38];
}
h q[39];
cx q[39], q[40];
cx q[38], q[39];
h q[38];
bell[38] = measure q[38];
bell[39] = measure q[39];
if (bell[39]) {
  x q[40];
}
if (bell[38]) {
  z q[40];
}
h q[41];
cx q[41], q[42];
cx q[40], q[41];
h q[40];
bell[40] = measure q[40];
bell[41] = measure q[41];
if (bell[41]) {
  x q[42];
}
if (bell[40]) {
  z q[42];
}
h q[43];
cx q[43], q[44];
cx q[42], q[43];
h q[42];
bell[42] = measure q[42];
bell[43] = measure q[43];
if (bell[43]) {
  x q[44];
}
if (bell[42]) {
  z q[44];
}
h q[45];
cx q[45], q[46];
cx q[44], q[45];
h q[44];
bell[44] = measure q[44];
bell[45] = measure q[45];
if (bell[45]) {
  x q[46];
}
if (bell[44]) {
  z q[46];
}
h q[47];
cx q[47], q[48];
cx q[46], q[47];
h q[46];
bell[46] = measure q[46];
bell[47] = measure q[47];
if (bell[47]) {
  x q[48];
}
if (bell[46]) {
  z q[48];
}
h q[49];
cx q[49], q[50];
cx q[48], q[49];
h q[48];
bell[48] = measure q[48];
bell[49] = measure q[49];
if (bell[49]) {
  x q[50];
}
if (bell[48]) {
  z q[50];
}
h q[51];
cx q[51], q[52];
cx q[50], q[51];
h q[50];
bell[50] = measure q[50];
bell[51] = measure q[51];
if (bell[51]) {
  x q[52];
}
if (bell[50]) {
  z q[52];
}
h q[53];
cx q[53], q[54];
cx q[52], q[53];
h q[52];
bell[52] = measure q[52];
bell[53] = measure q[53];
if (bell[53]) {
  x q[54];
}
if (bell[52]) {
  z q[54];
}
h q[55];
cx q[55], q[56];
cx q[54], q[55];
h q[54];
bell[54] = measure q[54];
bell[55] = measure q[55];
if (bell[55]) {
  x q[56];
}
if (bell[54]) {
  z q[56];
}
h q[57];
cx q[57], q[58];
cx q[56], q[57];
h q[56];
bell[56] = measure q[56];
bell[57] = measure q[57];
if (bell[57]) {
  x q[58];
}
if (bell[56]) {
  z q[58];
}
h q[59];
cx q[59], q[60];
cx q[58], q[59];
h q[58];
bell[58] = measure q[58];
bell[59] = measure q[59];
if (bell[59]) {
  x q[60];
}
if (bell[58]) {
  z q[60];
}
h q[61];
cx q[61], q[62];
cx q[60], q[61];
h q[60];
bell[60] = measure q[60];
bell[61] = measure q[61];
if (bell[61]) {
  x q[62];
}
if (bell[60]) {
  z q[62];
}
h q[63];
cx q[63], q[64];
cx q[62], q[63];
h q[62];
bell[62] = measure q[62];
bell[63] = measure q[63];
if (bell[63]) {
  x q[64];
}
if (bell[62]) {
  z q[64];
}
h q[65];
cx q[65], q[66];
cx q[64], q[65];
h q[64];
bell[64] = measure q[64];
bell[65] = measure q[65];
if (bell[65]) {
  x q[66];
}
if (bell[64]) {
  z q[66];
}
h q[67];
cx q[67], q[68];
cx q[66], q[67];
h q[66];
bell[66] = measure q[66];
bell[67] = measure q[67];
if (bell[67]) {
  x q[68];
}
if (bell[66]) {
  z q[68];
}
h q[69];
cx q[69], q[70];
cx q[68], q[69];
h q[68];
bell[68] = measure q[68];
bell[69] = measure q[69];
if (bell[69]) {
  x q[70];
}
if (bell[68]) {
  z q[70];
}
h q[71];
cx q[71], q[72];
cx q[70], q[71];
h q[70];
bell[70] = measure q[70];
bell[71] = measure q[71];
if (bell[71]) {
  x q[72];
}
if (bell[70]) {
  z q[72];
}
h q[73];
cx q[73], q[74];
cx q[72], q[73];
h q[72];
bell[72] = measure q[72];
bell[73] = measure q[73];
if (bell[73]) {
  x q[74];
}
if (bell[72]) {
  z q[74];
}
h q[75];
cx q[75], q[76];
cx q[74], q[75];
h q[74];
bell[74] = measure q[74];
bell[75] = measure q[75];
if (bell[75]) {
  x q[76];
}
if (bell[74]) {
  z q[76];
}
h q[77];
cx q[77], q[78];
cx q[76], q[77];
h q[76];
bell[76] = measure q[76];
bell[77] = measure q[77];
if (bell[77]) {
  x q[78];
}
if (bell[76]) {
  z q[78];
}
h q[79];
cx q[79], q[80];
cx q[78], q[79];
h q[78];
bell[78] = measure q[78];
bell[79] = measure q[79];
if (bell[79]) {
  x q[80];
}
if (bell[78]) {
  z q[80];
}
h q[81];
cx q[81], q[82];
cx q[80], q[81];
h q[80];
bell[80] = measure q[80];
bell[81] = measure q[81];
if (bell[81]) {
  x q[82];
}
if (bell[80]) {
  z q[82];
}
h q[83];
cx q[83], q[84];
cx q[82], q[83];
h q[82];
bell[82] = measure q[82];
bell[83] = measure q[83];
if (bell[83]) {
  x q[84];
}
if (bell[82]) {
  z q[84];
}
h q[85];
cx q[85], q[86];
cx q[84], q[85];
h q[84];
bell[84] = measure q[84];
bell[85] = measure q[85];
if (bell[85]) {
  x q[86];
}
if (bell[84]) {
  z q[86];
}
h q[87];
cx q[87], q[88];
cx q[86], q[87];
h q[86];
bell[86] = measure q[86];
bell[87] = measure q[87];
if (bell[87]) {
  x q[88];
}
if (bell[86]) {
  z q[88];
}
h q[89];
cx q[89], q[90];
cx q[88], q[89];
h q[88];
bell[88] = measure q[88];
bell[89] = measure q[89];
if (bell[89]) {
  x q[90];
}
if (bell[88]) {
  z q[90];
}
h q[91];
cx q[91], q[92];
cx q[90], q[91];
h q[90];
bell[90] = measure q[90];
bell[91] = measure q[91];
if (bell[91]) {
  x q[92];
}
if (bell[90]) {
  z q[92];
}
h q[93];
cx q[93], q[94];
cx q[92], q[93];
h q[92];
bell[92] = measure q[92];
bell[93] = measure q[93];
if (bell[93]) {
  x q[94];
}
if (bell[92]) {
  z q[94];
}
h q[95];
cx q[95], q[96];
cx q[94], q[95];
h q[94];
bell[94] = measure q[94];
bell[95] = measure q[95];
if (bell[95]) {
  x q[96];
}
if (bell[94]) {
  z q[96];
}
h q[97];
cx q[97], q[98];
cx q[96], q[97];
h q[96];
bell[96] = measure q[96];
bell[97] = measure q[97];
if (bell[97]) {
  x q[98];
}
if (bell[96]) {
  z q[98];
}
h q[99];
cx q[99], q[100];
cx q[98], q[99];
h q[98];
bell[98] = measure q[98];
bell[99] = measure q[99];
if (bell[99]) {
  x q[100];
}
if (bell[98]) {
  z q[100];
}
h q[101];
cx q[101], q[102];
cx q[100], q[101];
h q[100];
bell[100] = measure q[100];
bell[101] = measure q[101];
if (bell[101]) {
  x q[102];
}
if (bell[100]) {
  z q[102];
}
h q[103];
cx q[103], q[104];
cx q[102], q[103];
h q[102];
bell[102] = measure q[102];
bell[103] = measure q[103];
if (bell[103]) {
  x q[104];
}
if (bell[102]) {
  z q[104];
}
h q[105];
cx q[105], q[106];
cx q[104], q[105];
h q[104];
bell[104] = measure q[104];
bell[105] = measure q[105];
if (bell[105]) {
  x q[106];
}
if (bell[104]) {
  z q[106];
}
h q[107];
cx q[107], q[108];
cx q[106], q[107];
h q[106];
bell[106] = measure q[106];
bell[107] = measure q[107];
if (bell[107]) {
  x q[108];
}
if (bell[106]) {
  z q[108];
}
h q[109];
cx q[109], q[110];
cx q[108], q[109];
h q[108];
bell[108] = measure q[108];
bell[109] = measure q[109];
if (bell[109]) {
  x q[110];
}
if (bell[108]) {
  z q[110];
}
h q[111];
cx q[111], q[112];
cx q[110], q[111];
h q[110];
bell[110] = measure q[110];
bell[111] = measure q[111];
if (bell[111]) {
  x q[112];
}
if (bell[110]) {
  z q[112];
}
h q[113];
cx q[113], q[114];
cx q[112], q[113];
h q[112];
bell[112] = measure q[112];
bell[113] = measure q[113];
if (bell[113]) {
  x q[114];
}
if (bell[112]) {
  z q[114];
}
h q[115];
cx q[115], q[116];
cx q[114], q[115];
h q[114];
bell[114] = measure q[114];
bell[115] = measure q[115];
if (bell[115]) {
  x q[116];
}
if (bell[114]) {
  z q[116];
}
h q[117];
cx q[117], q[118];
cx q[116], q[117];
h q[116];
bell[116] = measure q[116];
bell[117] = measure q[117];
if (bell[117]) {
  x q[118];
}
if (bell[116]) {
  z q[118];
}
h q[119];
cx q[119], q[120];
cx q[118], q[119];
h q[118];
bell[118] = measure q[118];
bell[119] = measure q[119];
if (bell[119]) {
  x q[120];
}
if (bell[118]) {
  z q[120];
}
h q[121];
cx q[121], q[122];
cx q[120], q[121];
h q[120];
bell[120] = measure q[120];
bell[121] = measure q[121];
if (bell[121]) {
  x q[122];
}
if (bell[120]) {
  z q[122];
}
h q[123];
cx q[123], q[124];
cx q[122], q[123];
h q[122];
bell[122] = measure q[122];
bell[123] = measure q[123];
if (bell[123]) {
  x q[124];
}
if (bell[122]) {
  z q[124];
}
h q[125];
cx q[125], q[126];
cx q[124], q[125];
h q[124];
bell[124] = measure q[124];
bell[125] = measure q[125];
if (bell[125]) {
  x q[126];
}
if (bell[124]) {
  z q[126];
}
h q[127];
cx q[127], q[128];
cx q[126], q[127];
h q[126];
bell[126] = measure q[126];
bell[127] = measure q[127];
if (bell[127]) {
  x q[128];
}
if (bell[126]) {
  z q[128];
}
h q[129];
cx q[129], q[130];
cx q[128], q[129];
h q[128];
bell[128] = measure q[128];
bell[129] = measure q[129];
if (bell[129]) {
  x q[130];
}
if (bell[128]) {
  z q[130];
}
rz(-1.9) q[130];
ry(-0.7) q[130];
out[0] = measure q[130];
