int b_h;
