import{u as r,j as t,S as s}from"./index-ByeAYLJN.js";function o(){const{t:e}=r();return t.jsx(s,{title:e("step.next"),children:t.jsx("p",{children:e("loading")})})}export{o as default};
